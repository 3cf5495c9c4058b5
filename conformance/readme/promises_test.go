package readme_test

// promises are the tables of the documents that promise something, and which tests
// hold each of their rows: the folder, the function, and the subtest if that is
// meant.
var promises = map[string]map[string][]string{
	"docs/tokens.md: What happens when": {
		"a thousand goroutines find the token expired":                                     {"tokens/TestCheck039_AThousandCallersOneRefresh", says("a thousand goroutines find the token expired")},
		"two processes find it expired":                                                    {"tokens/TestCheck070_EightProcessesOneStore", "tokens/TestSourceFindsItsTokenAgainAfterARestart", says("two processes find it expired")},
		"a caller's context ends":                                                          {"tokens/TestCheck041_ACancelledCallerReturnsAtOnce", "tokens/TestCheck042_TheLeadersCancellationIsItsOwn", says("a caller's context ends")},
		"the process dies while it refreshes":                                              {"tokens/TestCheck066_KillAtEveryStep", says("the process dies while it refreshes")},
		"a stored token is good, and the lease, the disk or the provider is not":           {"tokens/TestCheck082_AUsableTokenIsHandedOutWhateverElseFails", says("a stored token is good, and the lease, the disk or the provider is not")},
		"a new token cannot be saved":                                                      {"tokens/TestCheck067_PersistedBeforePublished", says("a new token cannot be saved")},
		"the store cannot be written, or takes longer than five seconds":                   {"tokens/TestCheck068_TheStoreIsProvenWritableFirst", "tokens/TestS16_NothingIsSpentIfTheStoreIsTooSlowToSaveIt", says("the store cannot be written, or takes longer than five seconds")},
		"every write conflicts, because reads come from a replica that lags":               {"tokens/TestCheck084_S17_AStoreThatConflictsForEverIsNotAskedForEver", says("every write conflicts, because reads come from a replica that lags")},
		"the provider is down for an hour":                                                 {"tokens/TestCheck044_AFailureIsSharedAndBackedOff", "tokens/TestSourceServesAGoodTokenWhileTheProviderIsDown", says("the provider is down for an hour")},
		"the provider refuses the refresh token, in its own error shape":                   {"tokens/TestCheck046_InvalidGrantIsBelievedAfterAnotherLook", says("the provider refuses the refresh token, in its own error shape")},
		"something else answers with a 4xx: a gateway, a firewall, a maintenance page":     {"internal/scorecard/TestCheck081_NoOutageEndsAGrant", says("something else answers with a 4xx: a gateway, a firewall, a maintenance page")},
		"the outcome of a refresh is unknown":                                              {"internal/scorecard/TestCheck081_NoOutageEndsAGrant", "tokens/TestSourceReplaysOnceWhatGotLost", says("the outcome of a refresh is unknown")},
		"ten thousand credentials of one client are due at once, after an outage":          {"tokens/TestCheck084_S12_ManyCredentialsOfOneClientAreBraked", "tokens/TestS12_ATokenThatIsGoodWaitsForNoTurn", says("ten thousand credentials of one client are due at once, after an outage")},
		"the provider refuses the client itself: a wrong secret after a deploy":            {"tokens/TestCheck084_S12_ARefusalOfTheClientIsProbedAndNotRepeatedByEveryCredential", says("the provider refuses the client itself: a wrong secret after a deploy")},
		"the source is read-only (`square.ReadOnlySource`, for a worker without a secret)": {"tokens/TestAReadOnlySourceAdoptsWhatOthersRefresh", "tokens/TestAReadOnlySourceWithoutAGoodTokenSaysWhy", "tokens/TestAReadOnlySourceRefusesToWrite", says("the source is read-only (`square.ReadOnlySource`, for a worker without a secret)")},
		"a refresh works and helps nothing: a wrong clock, an API that takes no token":     {"tokens/TestCheck084_S7_S13_ARefreshThatHelpsNothingIsNotRepeatedAtOnce", says("a refresh works and helps nothing: a wrong clock, an API that takes no token")},
		"`Retry-After` is a point in time, or longer than a day":                           {"tokens/TestS6_NoPauseExceedsAnHour", says("`Retry-After` is a point in time, or longer than a day")},
		"an imported token says nothing of its age":                                        {"tokens/TestS4_ATokenOfUnknownAgeIsDueSoonAndSpread", says("an imported token says nothing of its age")},
		"an API answers 401":                     {"tokens/TestCheck013_A401RefreshesOnceAndReplaysOnce", says("an API answers 401")},
		"the clock jumps":                        {"tokens/TestAJumpOfTheWallClockMovesNoTokenInMemory", says("the clock jumps")},
		"two refreshes of one token both worked": {"tokens/TestCheck071_SuspendedLeaseHolder", "tokens/TestTheAlternateSurvivesAFailedWrite", says("two refreshes of one token both worked")},
		"an entry is of a newer schema, damaged, another credential's, or rolled back": {"tokens/TestCheck073_ANewerSchemaAndARollbackAreRefused", says("an entry is of a newer schema, damaged, another credential's, or rolled back")},
		"a read brings an older entry, or a grant that was replaced or forgotten":      {"tokens/TestAGrantThatTheStoreGivesBackIsNotSpent", "tokens/TestASaveRestoresAStoreThatLostWrites", says("a read brings an older entry, or a grant that was replaced or forgotten")},
		"the store does not answer a write":                                            {"tokens/TestAWriteThatWasNotAnsweredIsToldOnceItIsFound", says("the store does not answer a write")},
		"a refresh answers with the token of another account":                          {"tokens/TestS20_ATokenOfAnotherAccountIsNotSaved", says("a refresh answers with the token of another account")},
		"somebody signs in anew, or the program calls `Forget`":                        {"tokens/TestSaveAfterARejectionStartsAnew", says("somebody signs in anew, or the program calls `Forget`")},
		"a Source is dropped without `Close`":                                          {"tokens/TestCheck093_SourcesAreLightAndLeaveNothing"},
	},
	"docs/tokens.md: Replays": {
		"Square, code flow": {"internal/scorecard/TestCheck094_EachProviderHasTheReplayPolicyOfTheTable/Square, code flow"},
		"Square, PKCE":      {"internal/scorecard/TestCheck094_EachProviderHasTheReplayPolicyOfTheTable/Square, PKCE"},
		"BuiltByBit":        {"internal/scorecard/TestCheck094_EachProviderHasTheReplayPolicyOfTheTable/BuiltByBit"},
		"ByteNite":          {"internal/scorecard/TestCheck094_EachProviderHasTheReplayPolicyOfTheTable/ByteNite"},
	},
	"docs/sign-in.md: A command-line tool": {
		"`Fixed`":                          {"login/TestRunSignsIn/on a fixed port"},
		"`Paste`":                          {"login/TestPasteSignsIn"},
		"`Ephemeral`, the default":         {"login/TestRunSignsIn/on an ephemeral port"},
		"`Ephemeral` with a `RedirectURL`": {"login/TestAFreePortInARegisteredAddress"},
	},
	"README.md: What differs": {
		"client auth":       {"internal/scorecard/TestCheck001_BasicIsRawUnlessAskedOtherwise", "internal/scorecard/TestCheck002_OneClientAuthMethodPerRequestAndNoProbing"},
		"body":              {"square/TestWire", "builtbybit/TestWire", "bytenite/TestWire"},
		"token in a header": {"internal/scorecard/TestAWorkerWithoutASecretUsesTheTokenThatOthersKeepFresh"},
		"expiry":            {"internal/scorecard/TestCheck010_EveryEncodingOfAnExpiry"},
		"refresh":           {"internal/scorecard/TestCheck012_RefreshTokenIsReplacedOrKept", "internal/scorecard/TestCheck094_EachProviderHasTheReplayPolicyOfTheTable"},
		"revoke":            {"internal/scorecard/TestCheck014_RevocationIsBelievedOnlyWhenTheAnswerSaysSo"},
		"errors":            {"internal/scorecard/TestCheck007_EachProvidersOwnShapesKeepTheirCode"},
	},
	"README.md: When it fails": {
		"`ErrInvalidArgument`": {"internal/scorecard/TestCheck053_BadInputIsRefusedBeforeAnythingIsDialled"},
		"`ErrNotSent`":         {"internal/scorecard/TestCheck032_NotSentIsSaidOnlyOfWhatWasNotSent"},
		"`ErrReauthorize`":     {"square/TestC4_WhoARefusalIsAbout", "tokens/TestCheck046_InvalidGrantIsBelievedAfterAnotherLook"},
		"`ErrBadClient`":       {"square/TestC4_WhoARefusalIsAbout", "provider/TestTheStatusAloneSaysWhatToDo"},
		"`ErrThrottled`":       {"internal/scorecard/TestCheck033_RetryAfterIsReadAndWaitingEndsWithTheContext"},
		"`ErrUnavailable`":     {"provider/TestTheStatusAloneSaysWhatToDo"},
		"`ErrMalformed`":       {"internal/scorecard/TestCheck008_A200ThatIsNotASuccessIsAnError"},
		"`ErrNotJudged`":       {"square/TestC4_OnlyTheTwoShapesAreSquares", "internal/scorecard/TestCheck081_NoOutageEndsAGrant"},
		"`ErrAmbiguous`":       {"internal/scorecard/TestCheck032_NotSentIsSaidOnlyOfWhatWasNotSent"},
	},
}

// says is the test of what Status and OnEvent say in a row of docs/tokens.md.
func says(row string) string {
	return "tokens/TestCheck094_StatusAndOnEventSayWhatThePagePromises/" + row
}

// facts are the tables that promise nothing of this module, and what they are.
var facts = map[string]string{
	"CONTRIBUTING.md: Who meets which package":    "a map of the code",
	"README.md: What is known of each":            "what others say of themselves; api/SOURCES.md has the sources",
	"docs/add-a-provider.md: 1. The spec":         "what the keywords do; cmd/specgen and TestCheck114 hold it",
	"docs/add-a-provider.md: 2. What init writes": "which file to write; cmd/specgen writes and names them",
	"docs/add-a-provider.md: 3. The wrapper":      "what a Kind is for; the rows of README.md are held",
}
