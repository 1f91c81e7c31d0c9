import ArgumentParser
import Foundation
import NodeAgent

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon read certificates and jobs.d again.",
        discussion: """
            Sends SIGHUP to the daemon that runs on the root and returns when it has read them. Exits with 69 when none \
            runs, or it does not answer within 30 seconds. What cannot be used is in its log and in 'confd check'.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let installation = Installation(try await DaemonSettings.read(root: options.root))
            guard let before = try InstallationLock.holder(of: installation) else {
                throw Failure("No daemon runs on \(installation.root.directory).", .unavailable)
            }
            guard kill(before.process, SIGHUP) == 0 else {
                throw Failure(
                    "The daemon, process \(before.process), cannot be told: \(String(cString: strerror(errno))).",
                    .unavailable)
            }
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end {
                guard let now = try InstallationLock.holder(of: installation), now.process == before.process else {
                    throw Failure("The daemon ended.", .unavailable)
                }
                let isLater =
                    now.reload.tv_sec != before.reload.tv_sec || now.reload.tv_nsec != before.reload.tv_nsec
                if isLater { return }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw Failure("The daemon has not read them again within 30 s; look at its log.", .unavailable)
        }
    }
}
