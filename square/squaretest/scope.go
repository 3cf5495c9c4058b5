package squaretest

import "strings"

// subjects are what the permissions of these names give access to, after
// Square's list of permissions. Of those that are not here, the page shows the
// name alone.
var subjects = map[string]string{
	"BANK_ACCOUNTS":         "bank accounts",
	"CASH_DRAWER":           "cash drawer shifts",
	"CUSTOMERS":             "customers",
	"DISPUTES":              "disputes",
	"EMPLOYEES":             "employee profiles",
	"GIFTCARDS":             "gift cards",
	"INVENTORY":             "inventory",
	"INVOICES":              "invoices",
	"ITEMS":                 "the product catalog",
	"LOYALTY":               "loyalty programs",
	"MERCHANT_PROFILE":      "the business and its locations",
	"ONLINE_STORE_SITE":     "online store sites",
	"ONLINE_STORE_SNIPPETS": "snippets on online store sites",
	"ORDERS":                "orders",
	"PAYMENTS":              "payments and refunds",
	"SETTLEMENTS":           "settlements (deposits)",
	"SUBSCRIPTIONS":         "subscriptions",
	"TIMECARDS":             "employee timecards",
	"TIMECARDS_SETTINGS":    "timecard settings",
}

// about describes a permission; empty if nothing is known of it.
func about(permission string) string {
	if subject, read := strings.CutSuffix(permission, "_READ"); read && subjects[subject] != "" {
		return "See " + subjects[subject]
	}
	if subject, write := strings.CutSuffix(permission, "_WRITE"); write && subjects[subject] != "" {
		return "Change " + subjects[subject]
	}
	return ""
}
