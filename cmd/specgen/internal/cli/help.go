package cli

const help = `specgen makes Go clients of OpenAPI specs and tells when the two differ.

Usage:

    specgen [-C dir] command

Commands:

    generate   bring gen/ up to date; prints a line for each file it changes
    check      report what generate would change; writes nothing
    lint       report what is wrong with the specs; looks at nothing else
    help       print this text

Flag:

    -C dir     the project root; the default is the current folder

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
              exclude-schemas: [ErrorBody]                  # become no type

    api/SOURCES.md     the page that x-source in a spec points into
    gen/               what specgen writes; never edited by hand
    gen/MANIFEST       what it wrote, and from what, with hashes

Findings go to standard output, one a line, in the form

    api/acme.yaml:41:7: RULE what is wrong and what to do

A project with findings is not generated: gen/ stays as it is.

Exit codes:

    0   nothing to report
    1   findings
    2   specgen could not run: a bad flag or config, an unreadable file, a bug;
        the reason goes to standard error
`
