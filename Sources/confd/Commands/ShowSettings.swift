import ArgumentParser

struct ShowSettings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print every setting with its value and where it came from.",
        discussion: "As markdown or mdoc, it is the reference of all settings, and needs no root.")

    /// What is printed of the settings.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// What holds on this machine.
        case text
        /// The table of `docs/operations.md`.
        case markdown
        /// The list of `docs/man/confd.8`.
        case mdoc
    }

    @OptionGroup var options: RootOptions
    @Option(help: "What to print: values as text, or the reference of settings as markdown or mdoc.")
    var format = Format.text

    func run() async throws {
        switch format {
        case .text:
            try await reporting {
                let settings = try await DaemonSettings.read(root: options.root)
                StandardOutput.write(settings.resolved.map(Self.line).joined())
            }
        case .markdown: StandardOutput.write(Self.markdown)
        case .mdoc: StandardOutput.write(Settings.all.map(Self.item).joined())
        }
    }

    /// What a setting means, and below that its value; lines of a settings file but for its levels.
    private static func line(_ entry: SettingsReader.Resolved) -> String {
        let setting = entry.setting
        let otherwise = setting.unset.map { "; \($0) when not set" } ?? ""
        return """
            # \(setting.text)\(otherwise). (\(setting.form); \(setting.variable))
            \(setting.name): \(entry.text)  # from \(entry.source)

            """
    }

    private static var markdown: String {
        let head = """
            | Key | Variable | Default | Type and range | Meaning |
            | --- | --- | --- | --- | --- |

            """
        return head + Settings.all.map(row).joined()
    }

    private static func row(_ setting: any AnySetting) -> String {
        let fallback = setting.defaultText.isEmpty ? setting.unset ?? "" : "`\(setting.defaultText)`"
        let cells = ["`\(setting.name)`", "`\(setting.variable)`", fallback, setting.form, setting.text]
        let shown = cells.map { $0.replacing("|", with: "\\|").replacing("*", with: "\\*") }
        return "| \(shown.joined(separator: " | ")) |\n"
    }

    private static func item(_ setting: any AnySetting) -> String {
        let fallback = setting.defaultText.isEmpty ? setting.unset ?? "" : setting.defaultText
        // None of the lines begins with a dot, which would make it a macro.
        let lines = ["\(setting.text).", "Value: \(setting.form).", "Default: \(fallback)."]
        return ".It Va \(setting.name)\n" + lines.map { $0.replacing("\\", with: "\\e") + "\n" }.joined()
    }
}
