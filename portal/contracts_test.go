package portal

import "github.com/goldenpath/platform/contracts"

// The broker is what the API and the pages need of contracts.
var (
	_ apiContracts  = (*contracts.Broker)(nil)
	_ pageContracts = (*contracts.Broker)(nil)
)
