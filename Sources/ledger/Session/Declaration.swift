// Two modules have a `Command`: here what is declared for the command line has a name of its own.

import CommandLine

typealias Declaration = Command
