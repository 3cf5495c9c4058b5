package squaretest

import "testing"

func TestOnlyWhatIsKnownOfAPermissionIsDescribed(t *testing.T) {
	for permission, want := range map[string]string{
		"MERCHANT_PROFILE_READ":                 "See the business and its locations",
		"ITEMS_WRITE":                           "Change the product catalog",
		"TIMECARDS_SETTINGS_READ":               "See timecard settings",
		"PAYMENTS_WRITE_ADDITIONAL_RECIPIENTS":  "",
		"PAYMENTS_WRITE_IN_PERSON":              "",
		"APPOINTMENTS_ALL_READ":                 "",
		"CHANNELS_UPDATE":                       "",
		"SOMETHING_READ":                        "",
		"_READ":                                 "",
		"ITEMS":                                 "",
		"items_read":                            "",
		"PAYMENTS_READ and everything else too": "",
	} {
		if got := about(permission); got != want {
			t.Errorf("%s: %q", permission, got)
		}
	}
}
