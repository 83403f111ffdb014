package migrate_test

import (
	_ "github.com/aws/aws-sdk-go-v2/service/s3" // not in a test either
	_ "github.com/google/go-cmp/cmp"            // but this

	_ "landfall/internal/store/embedded" // and this
)
