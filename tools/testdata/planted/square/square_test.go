package square

import (
	"testing"

	// A test may import more.
	_ "github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/login"
)

func TestWhatIsDeprecated(*testing.T) {
	// excepted: staticcheck login.RenewToken is deprecated
	login.RenewToken()
	// want: staticcheck login.Old is deprecated
	login.Old()
}
