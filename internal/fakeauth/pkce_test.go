package fakeauth

import "testing"

func TestAChallengeIsTheHashOfItsVerifier(t *testing.T) {
	// RFC 7636 appendix B.
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	if got := Challenge(verifier); got != challenge || !IsChallenge(got) {
		t.Errorf("%s", got)
	}
	for _, c := range []string{"", challenge[1:], challenge + "=", challenge[:42] + "N", challenge[:42] + "\n" + challenge[42:]} {
		if IsChallenge(c) {
			t.Errorf("%q is taken for one", c)
		}
	}
}
