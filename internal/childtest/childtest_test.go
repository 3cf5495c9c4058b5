package childtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	Main(m, map[string]func([]string) error{
		"echo": func(args []string) error {
			line, err := bufio.NewReader(os.Stdin).ReadString('\n')
			fmt.Print(strings.Join(args, " "), " ", line)
			return err
		},
		"failing": func([]string) error { return errors.New("example") },
	})
}

func TestAChildPlaysItsPartAndSaysHowItEnded(t *testing.T) {
	c := Start(t, "echo", "a", "b")
	if _, err := io.WriteString(c.In, "c\n"); err != nil {
		t.Fatal(err)
	}
	if said, err := c.End(); said != "a b c" || err != nil {
		t.Errorf("%q, %v", said, err)
	}
	if said, err := Start(t, "failing").End(); said != "failed: example" || err == nil {
		t.Errorf("a part that fails: %q, %v", said, err)
	}
}
