import ArgumentParser

struct ShowSettings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print every setting with its value and where it came from.")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            for entry in settings.resolved {
                StandardOutput.write("# \(entry.key.text) (\(entry.key.kind.rawValue), \(entry.key.variable))\n")
                StandardOutput.write("\(entry.key.name): \(entry.text)  # from \(entry.source)\n")
            }
        }
    }
}
