package tokens_test

import (
	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// setup is all that NewSource takes, so that a test can change any part of it.
type setup struct {
	provider.TokenRules
	tokens.Options
	Store   tokens.Store
	Account string
}

// acme is the setup of a provider called Acme, whose advice is plan and policy.
func acme(account string, store tokens.Store, plan tokens.RefreshPlan, policy tokens.ReplayPolicy) setup {
	return setup{
		TokenRules: provider.TokenRules{
			Provider: "acme", Origin: "https://api.example.com", Scheme: "Bearer",
			Advise: func(*grantway.Token) provider.Advice { return provider.Advice{} },
		},
		Options: tokens.Options{Plan: &plan, Replay: &policy},
		Store:   store,
		Account: account,
	}
}

func (c setup) open() (*tokens.Source, error) {
	return tokens.NewSource(c.TokenRules, c.Store, c.Account, c.Options)
}
