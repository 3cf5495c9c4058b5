package faults

import "errors"

// Fault is something that goes wrong with one request. Faults compare with ==.
// No other package can make one of its own.
//
// A fault of the request or of the status stands for something in front of the
// provider: the operation is not carried out and spends nothing, unless
// CarriedOut says otherwise. A fault of the headers or of the body spoils the
// answer of an operation that was carried out.
type Fault interface {
	// String is the fault's name, fit for that of a subtest.
	String() string
	// Check says why no fake can commit the fault. It is nil if a fake can.
	Check() error

	fault()
}

// All lists the catalogue: every Named fault, statuses from 201 to 524 with
// eight bodies each, redirects, and values of Retry-After.
func All() []Fault {
	var all []Fault
	for _, f := range named() {
		all = append(all, f)
	}
	return append(all, answers()...)
}

// Late is what CarriedOut makes. The fakes look into it.
type Late struct {
	// Fault comes when the operation has been carried out.
	Fault Fault
}

// CarriedOut makes f come after the operation has been carried out: what the
// request spends is spent, and the client does not learn of it.
// CarriedOut(ResetAfterRequest) is the answer that got lost. A fault of the
// headers or of the body stays as it is.
func CarriedOut(f Fault) Fault { return Late{f} }

// String is the name of the fault, and that it was carried out.
func (f Late) String() string { return f.Fault.String() + ", carried out" }

// Check is that of the fault.
func (f Late) Check() error {
	if f.Fault == nil {
		return errors.New("no fault is carried out")
	}
	return f.Fault.Check()
}

func (Late) fault() {}
