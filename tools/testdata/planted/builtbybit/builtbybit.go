// Package builtbybit stands for another provider's package.
package builtbybit
