// What `flowd help` prints.

extension Invocation {
    /// All commands and flags.
    public static var help: String {
        """
        flowd runs flows and tells everyone who is listening what happens in them.

        Usage: flowd COMMAND [--config FILE] [--SETTING VALUE]...

          serve                      run the daemon until SIGTERM or SIGINT
          check-config               say what the configuration comes to, or what is wrong with it
          healthcheck                end with 0 if the daemon at the configured address is well
          flow import FILE           import a flow document and print its id
          export FILE                write what a user has to a new file; a passphrase on standard input seals
                                     his secrets in it, an empty line leaves them out
          import FILE                take an export over, of flowd or of the hosted product, with its users; asks
                                     for the passphrase on standard input if there are sealed secrets
          user create [PUBLIC_KEY]   create a user, with a new key pair unless a public key is given
          key create NAME            create an API key and print it, this once
          secret set PROVIDER/LABEL  store a secret, read from standard input, for nodes that refer to it
          secret list                print the names of the secrets
          secret delete PROVIDER/LABEL
                                     forget a secret
          tls self-signed NAME       make a certificate for a host name or an address, and its key, to try TLS
                                     with; they are written to the data folder
          nodes [--json]             print the kinds of nodes, with --json their definitions
          version                    print the version
          help                       print this

        flow import, export, key create and secret act for the owner, or for another user with --user PUBLIC_KEY.

        It ends with 0 when that was done, 1 when it could not be done, 2 when arguments or configuration are
        wrong, and 3 when the private Postgres has died under the daemon and cannot be started again.

        Settings come from the file that --config or FLOWD_CONFIG names, then from the environment (FLOWD_LISTEN
        and so on), then from flags; the later one counts.

        \(Configuration.flagHelp)
        """
    }
}
