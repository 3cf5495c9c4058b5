package cli

import "github.com/grantway/grantway/cmd/specgen/internal/finding"

func runHelp(c *call) ([]finding.Finding, error) {
	c.out.print(help)
	return nil, nil
}

const help = `specgen makes Go clients of OpenAPI specs and tells when the two differ.

Usage:

    specgen [-C dir] [--format text|json|github] command

Commands:

    generate [--full]   bring gen/ up to date; a line for each file that it
                        created, changed or removed, and for each spec whose
                        package was up to date
    check [--full]      report what generate would change; writes nothing
    lint                report what is wrong with the specs; looks at nothing else
    todo                report what init wrote and nobody has looked at yet: comments
                        that begin with "Replace:", or in the Go below a folder
                        named after a spec with "Draft:", hosts of documentation,
                        facts without a source
    breaking --against  report what the specs take away from callers since a git
                        ref (such as main) or since another folder
    init --from SPEC    write a provider from its finished spec, such as
                        api/acme.yaml, in a checkout of Grantway: client, wrapper,
                        fake, fixtures, checks
    init NAME [--auth] [--body] [--pkce] [--expiry]
                        write a first spec, and the same from it
    rules               list the rules
    explain RULE        why a rule is there, and what to change
    version             this specgen, and the generator in it
    help                print this text

Flags:

    -C dir       the project root; the default is the current folder
    --format     how findings are printed; see below
    --against    what to compare with: a folder with a project in it, from the
                 project root, or else a name that git resolves to a commit.
                 Nothing is checked out.
    --from       the spec that init writes from
    --auth       how the provider of init wants to know who calls:
                   basic-form     HTTP Basic, id and secret form-encoded first
                                  (RFC 6749 section 2.3.1): the default
                   basic-raw      HTTP Basic, id and secret as they are
                   client-header  "Authorization: Client SECRET", id in the body
                   body-secret    id and secret in the body, no header
                   none           a public client: id in the body, no secret
                   bearer         an API key buys a token, sent as "Bearer TOKEN"
                   bare-token     an API key buys a token, sent with no scheme
    --body       what init's bodies are: form or json
    --pkce       of init: required or none
    --expiry     how init's answers say when a token ends: seconds, timestamp, none
    --full       make everything again. Without it, what specgen itself wrote of
                 the same spec, with the same config, is known by its hash.

Files, below the project root:

    api/specgen.yaml   which spec becomes which package:

        version: 1
        clients:
          - spec: api/acme.yaml      # OpenAPI 3.0, at most 4 MiB
            package: acmeapi         # Go package
            dir: gen/acmeapi         # its folder, named as the package
            options:                 # optional
              name-normalizer: ToCamelCaseWithInitialisms   # or ToCamelCase
              server-urls: true                             # or false
              fake: false            # or true, in Grantway alone: what its fakes
                                     # check requests by, as a package below dir
              local-refs: false      # or true: the spec may refer to components
                                     # of files in its own folder

    api/SOURCES.md     the page that x-source in a spec points into
    gen/               what specgen writes; never edited by hand
    gen/MANIFEST       what it wrote, and from what, with hashes

Findings go to standard output, one a line, in one of these forms:

    text     api/acme.yaml:41:7: RULE what is wrong and what to do
             (in colours on a terminal, unless NO_COLOR is set)
    json     {"file":"api/acme.yaml","line":41,"col":7,"rule":"RULE","message":"..."}
             and, from generate, {"event":"created","path":"gen/acmeapi/calls.gen.go"}
             with created, changed, removed or up to date
    github   ::error file=api/acme.yaml,line=41,col=7,title=RULE::what is wrong ...

Lines and columns begin at 1. A spec that takes longer than a second is named on
standard error.

A project with findings is not generated: gen/ stays as it is.

Exit codes:

    0   nothing to report
    1   findings
    2   specgen could not run: a bad flag or config, an unreadable file, a bug;
        the reason goes to standard error
`
