//go:build tools

// Names the program that the testbed builds, so that `go mod tidy` keeps what it needs.
package tools

import _ "go.etcd.io/etcd/server/v3"
