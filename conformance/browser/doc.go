// Package browser has real browsers sign in, Chromium, Firefox and
// WebKit, as a person would: through the
// example web app and through package login, against the fakes' consent pages.
// It proves nothing about the providers' own pages.
package browser
