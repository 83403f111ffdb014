package arch

import "slices"

// Rule says what the code of some packages may import besides the standard library. Tests may import more, see
// [TestModules]. Paths are relative to the module; a * stands for one element.
type Rule struct {
	Packages []string
	Own      []string // packages of this module
	Theirs   []string // modules of others
	Why      string
}

// Sets of packages and modules that several rules name.
var (
	domain  = []string{"internal/migrate"}
	meaning = []string{"internal/migrate", "internal/catalog", "internal/catalog/*", "internal/records"}
	onDisk  = []string{"internal/store/embedded", "internal/blob/dir", "internal/target/file", "internal/target/http"}
	onAWS   = []string{"internal/store/dynamo", "internal/blob/s3", "internal/target/dynamo", "internal/target/http"}
	data    = []string{"catalogs", "catalogs/*", "statemachines", "web"}
	awsSDK  = []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"}
	lambda  = []string{"github.com/aws/aws-lambda-go"}
)

// Imports is the map of the house. A package that no rule names is an offence: whoever adds one says where it belongs.
var Imports = []Rule{
	{
		Packages: []string{"internal/migrate"},
		Why:      "the domain can be read, tested and trusted without any technology",
	},
	{
		Packages: []string{"internal/records"},
		Why:      "records are bytes; what they mean is not known here",
	},
	{
		Packages: []string{"internal/catalog", "internal/catalog/*"},
		Own:      slices.Concat(domain, []string{"internal/catalog", "internal/catalog/*", "catalogs", "catalogs/*"}),
		Theirs: []string{
			"github.com/santhosh-tekuri/jsonschema/v6", "github.com/goccy/go-yaml", "github.com/google/cel-go",
			"github.com/cockroachdb/apd/v3", "github.com/google/uuid", "golang.org/x/text",
		},
		Why: "a catalog is data: schemas, YAML and rules, and nothing that stores or serves",
	},
	{
		Packages: []string{"internal/pipeline"},
		Own:      meaning,
		Theirs:   []string{"github.com/google/uuid", "github.com/klauspost/compress", "golang.org/x/sync"},
		Why:      "the same steps run on a laptop and on Lambda, so they know contracts and no driver",
	},
	{
		Packages: []string{"internal/api"},
		Own:      slices.Concat(meaning, []string{"internal/pipeline"}),
		Theirs: []string{
			"github.com/google/uuid", "github.com/klauspost/compress", "github.com/golang-jwt/jwt/v5",
			"github.com/MicahParks/keyfunc/v3", "golang.org/x/crypto", "golang.org/x/time",
		},
		Why: "handlers of net/http: the same behind a listener and behind API Gateway",
	},
	{
		Packages: []string{"internal/store/embedded"},
		Own:      domain,
		Theirs:   []string{"github.com/cockroachdb/pebble/v2", "github.com/cespare/xxhash/v2", "github.com/klauspost/compress"},
		Why:      "a driver is one technology and never imports another driver",
	},
	{
		Packages: []string{"internal/durable"},
		Why:      "what every driver on a file system needs, and nothing of what any of them is for",
	},
	{
		Packages: []string{"internal/blob/dir", "internal/target/file"},
		Own:      slices.Concat(domain, []string{"internal/durable"}),
		Theirs:   []string{"github.com/google/uuid", "github.com/gofrs/flock", "golang.org/x/sys"},
		Why:      "a driver is one technology: here the file system",
	},
	{
		Packages: []string{"internal/store/dynamo", "internal/blob/s3", "internal/target/dynamo", "internal/sfnstart"},
		Own:      domain,
		Theirs:   slices.Concat(awsSDK, []string{"github.com/google/uuid"}),
		Why:      "the AWS SDK lives here and in functions, nowhere else",
	},
	{
		Packages: []string{"internal/target/http", "internal/target/double/*"},
		Own:      domain,
		Theirs: []string{
			"github.com/goccy/go-yaml", "github.com/google/cel-go", "github.com/google/uuid", "github.com/cenkalti/backoff/v5",
			"github.com/sony/gobreaker/v2", "golang.org/x/time",
		},
		Why: "a platform's API, described by a flow file, and its stand-ins",
	},
	{
		Packages: []string{"internal/store/storetest", "internal/blob/blobtest", "internal/target/targettest"},
		Own:      domain,
		Theirs:   []string{"github.com/google/go-cmp", "pgregory.net/rapid", "golang.org/x/sync"},
		Why:      "a suite knows the contract and no driver; only tests import it",
	},
	{
		Packages: []string{"internal/asl"},
		Why:      "a definition language, which knows nothing of migrations",
	},
	{
		Packages: []string{"internal/asl/run"},
		Own:      []string{"internal/asl"},
		Why:      "an interpreter, which is given the tasks it calls",
	},
	{
		Packages: []string{"internal/lambdatask"},
		Own:      domain,
		Theirs:   lambda,
		Why:      "the only place where an error becomes a Lambda error",
	},
	{
		Packages: []string{"functions/*"},
		Own:      slices.Concat(meaning, onAWS, []string{"internal/lambdatask", "internal/pipeline", "internal/api", "internal/sfnstart"}),
		Theirs:   slices.Concat(awsSDK, lambda),
		Why:      "wiring of one Lambda; no function imports another",
	},
	{
		Packages: []string{"internal/local", "internal/local/*"},
		Own: slices.Concat(meaning, onDisk, data, []string{
			"internal/local", "internal/local/*", "internal/pipeline", "internal/api", "internal/asl", "internal/asl/run",
			"internal/durable",
		}),
		Theirs: []string{
			"github.com/fsnotify/fsnotify", "github.com/gofrs/flock", "github.com/google/uuid",
			"github.com/klauspost/compress", "github.com/prometheus/client_golang", "github.com/robfig/cron/v3",
			"golang.org/x/sync", "golang.org/x/sys",
		},
		Why: "the whole service as one process, without the AWS SDK",
	},
	{
		Packages: []string{"cmd/landfall"},
		Own: slices.Concat(meaning, onDisk, data, []string{
			"internal/local", "internal/local/*", "internal/pipeline", "internal/api", "internal/asl", "internal/generate",
		}),
		Theirs: []string{
			"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/jedib0t/go-pretty/v6", "golang.org/x/term",
			"golang.org/x/sync", "golang.org/x/sys", "github.com/google/uuid",
		},
		Why: "the command line: flags in, words out",
	},
	{
		Packages: []string{"internal/sim"},
		Own: slices.Concat(meaning, onDisk, data, []string{
			"internal/pipeline", "internal/asl", "internal/asl/run", "internal/generate",
		}),
		Theirs: []string{"pgregory.net/rapid"},
		Why:    "the real steps over drivers that fail",
	},
	{
		Packages: []string{"internal/generate"},
		Own:      domain,
		Why:      "makes up data, fast and the same everywhere",
	},
	{
		Packages: []string{"internal/arch"},
		Why:      "reads source files",
	},
	{
		Packages: []string{"bench", "bench/*"},
		Own: slices.Concat(meaning, onDisk, data, []string{
			"bench/*", "internal/local", "internal/pipeline", "internal/generate",
		}),
		Theirs: []string{"github.com/cockroachdb/pebble/v2", "github.com/jedib0t/go-pretty/v6"},
		Why:    "measures the product and its peers",
	},
	{
		Packages: []string{"examples/*", "examples/*/*"},
		Theirs:   []string{"github.com/google/uuid"},
		Why:      "an example is what a user could write: nothing internal",
	},
	{
		Packages: data,
		Why:      "data with an embed directive",
	},
}

// TestModules are what tests may import besides the packages of this module and what their own package may: libraries
// for testing, and the in-memory file system of the embedded store.
var TestModules = []string{
	"github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/anishathalye/porcupine",
	"github.com/getkin/kin-openapi", "github.com/google/uuid", "github.com/cockroachdb/pebble/v2",
	"github.com/cockroachdb/apd/v3", "github.com/santhosh-tekuri/jsonschema/v6", "github.com/klauspost/compress",
}

// BannedNames are package names that say nothing about what is inside.
var BannedNames = []string{
	"util", "utils", "common", "helper", "helpers", "models", "types", "base", "misc", "shared", "core", "handlers",
	"services",
}

// ForeignNames are JSON names with the spelling of somebody else.
var ForeignNames = []Exception{
	{Package: "internal/asl", Why: "keys of the Amazon States Language"},
	{Package: "internal/pipeline", Names: []string{"Error", "Cause"}, Why: "what Step Functions puts where an error was caught"},
}

// Exception is what a rule does not hold for, with the reason. Without names it is the whole package.
type Exception struct {
	Package string
	Names   []string
	Why     string
}
