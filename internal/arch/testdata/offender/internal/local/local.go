//go:build never

// Package local needs the AWS SDK, behind a build constraint.
package local

import _ "github.com/aws/aws-sdk-go-v2/config"
