//go:build tools

// Names what the testbed builds, so that `go mod tidy` keeps what it needs.
package tools

import (
	_ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	_ "github.com/prometheus/prometheus/cmd/promtool"
	_ "sigs.k8s.io/controller-tools/cmd/controller-gen"
)
