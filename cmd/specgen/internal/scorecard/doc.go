// Package scorecard holds specgen to the part of the scorecard that is about bad input
// (checks 55 to 65 and 105; 64 is in package project). It has tests and nothing else.
//
// Each check has its inverse: the same input goes through the generator without
// specgen around it, and the fault shows. What would become running code is put
// together from pieces, does nothing but bear a name, and is never compiled.
package scorecard
