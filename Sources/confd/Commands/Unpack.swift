import ArgumentParser
import BucketFS

struct Unpack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: UnpackingOrder.command,
        abstract: "Unpack the archive on standard input into the current folder, for the daemon.",
        shouldDisplay: false)

    @Argument(help: "What the daemon asks for: the kind of archive, its limits, and the account to become.")
    var order: [String]

    func run() throws {
        guard let order = UnpackingOrder(order) else { throw ValidationError("This is for the daemon alone.") }
        if let reason = UnpackingProgram.run(order) {
            StandardOutput.write(reason)
            throw ExitCode(1)
        }
    }
}
