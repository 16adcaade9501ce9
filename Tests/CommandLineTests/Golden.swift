// The help texts as they are meant to look.

enum Golden {
  static let program =
    #"""
    ledger: flight recorder and cash box of AI generation jobs

    Usage: ledger [global options] COMMAND ...

    Run jobs
      submit         Write down a job and its hold; the poller sends it
      track          Adopt a job submitted elsewhere

    Watch
      status         The board, or one job
      many           Prints many lines

    Money
      grant          Give an account credits; opens it
      adjust         Correct an account
      account set    Set an account's limit

    Operate
      cancel         Ask the provider to stop
      resolve        Decide an open job as a person
      completions    Print a completion script

    Providers
      provider list  Profiles, built in and your own
      provider try   Feed a captured reply to a profile
      provider lint  Explain what is wrong with a profile

    Check
      audit          Add the books up again from events alone
      fail           Is refused
      crash          Meets an error nobody foresaw

    Global options
      --home DIR  Where the books are (else $LEDGER_HOME)
      --json      One JSON object per line on standard output
      --no-color  Plain text (also NO_COLOR)
      --quiet     No words on standard error but errors and warnings
      --by NAME   Who acts, kept in the log (else your login)
      --version   Print the version
      --help      Print help for the program or a command

    "ledger COMMAND --help" shows a command's options and examples.
    """#

  static let submit =
    #"""
    Usage: ledger submit --provider P --account A --hold CREDITS (--input JSON |
             --input-file FILE) [--patience DUR] [--meta K=V]...
             [--attach /POINTER=FILE]... [--wait]

    Write down a job and its hold; the poller sends it.

    The intent and the hold are one commit; the HTTP request comes after it.

    With the same --id or --key the first answer is given again.

    Options
      --provider P            Who does the work (required)
      --account A             Who pays (required)
      --hold CREDITS          The most it may cost (required)
      --input JSON            What the provider gets
      --input-file FILE       The same from a file
      --patience DUR          After this the job is overdue
      --meta K=V              Your own words on the job (repeatable)
      --attach /POINTER=FILE  Upload a file into the input (repeatable)
      --wait                  Wait for the verdict

    Examples
      ledger submit --provider fal --account acme --hold 27 \
        --input '{"prompt":"a cat"}' --wait

    Global options, such as --json and --home: "ledger --help".
    """#

  static let provider =
    #"""
    Usage: ledger provider list|try|lint ...

    Commands
      provider list  Profiles, built in and your own
      provider try   Feed a captured reply to a profile
      provider lint  Explain what is wrong with a profile

    "ledger provider COMMAND --help" shows a command's options and examples.
    """#
}
