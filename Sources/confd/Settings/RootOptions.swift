import ArgumentParser

/// The option every command has that works on an installation.
struct RootOptions: ParsableArguments {
    @Option(help: "The directory that stands for /exa. Default: /exa where it exists, else ./exa.")
    var root: String?
}
