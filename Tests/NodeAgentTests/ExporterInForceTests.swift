import Access
import EXAConf
import Foundation
import JobEngine
import Logging
import NodeAgent
import Testing
import Values

struct ExporterInForceTests {
    let place: TemporaryInstallation
    private static let section =
        "[Monitoring]\n    Broker = b:1\n    ClusterID = c\n    SASLUser = u\n    SASLPasswd = aGlkZGVu\n"

    init() throws { place = try TemporaryInstallation() }

    private var exporter: ContractProgram {
        get throws {
            let path = place.root.directory + "/exporter"
            try place.write("#!/bin/sh\ncat >/dev/null; echo $1 >>\(seen); echo {}", to: path, mode: 0o755)
            return .exporter(path)
        }
    }
    private var seen: String { place.root.directory + "/seen" }
    private var verbs: [Substring] { (place.text(seen) ?? "").split(separator: "\n") }

    private func follower(_ exporter: ContractProgram) -> ExporterInForce {
        ExporterInForce(exporter, root: place.root, time: SystemTimeSource(), logger: Logger(label: "test"))
    }

    private func configuration(_ revision: Int, _ parts: String...) throws -> DecidedConfiguration {
        let text = ([Configuration.node] + parts).joined(separator: "\n") + "\n"
        return DecidedConfiguration(try Document(parsing: text), revision: revision)
    }

    @Test func itFollowsWhatWasDecidedWhileTheNodeWasAway() async throws {
        let exporter = try exporter
        try await follower(exporter).reconcile(from: nil, to: configuration(1))
        #expect(verbs.isEmpty)
        try await follower(exporter).reconcile(from: nil, to: configuration(2, Self.section))
        #expect(verbs == ["start"])
        // A daemon that is started again has nothing to tell it.
        try await follower(exporter).reconcile(from: nil, to: configuration(2, Self.section))
        #expect(verbs == ["start"])
        let changed = Self.section.replacingOccurrences(of: "b:1", with: "b:2")
        try await follower(exporter).reconcile(from: nil, to: configuration(5, changed))
        #expect(verbs == ["start", "start"])
        try await follower(exporter).reconcile(from: nil, to: configuration(7))
        try await follower(exporter).reconcile(from: nil, to: configuration(8))
        #expect(verbs == ["start", "start", "stop"])
        #expect(place.text(place.root.etc + "/monitoring.digest") == nil)
    }

    @Test func whatAJobToldItIsNotToldAgain() async throws {
        let exporter = try exporter
        let agent = NodeAgent(node: 11, root: place.root, handlers: CommandHandler.monitoring(exporter))
        let arguments: [String: Value] = [
            "broker": "b:1", "cluster_id": "c", "sasl_user": "u", "sasl_password": "hidden",
        ]
        let job = JobID(node: 11, number: 1)
        #expect(await agent.run(Command("monitoring.start", on: 11, arguments), job: job, step: 0) == .ok([:]))
        let follower = follower(exporter)
        try await follower.reconcile(from: nil, to: configuration(2, Self.section))
        #expect(verbs == ["start"])
        #expect(place.mode(place.root.etc + "/monitoring.digest") == 0o600)
        #expect(await agent.run(Command("monitoring.stop", on: 11), job: job, step: 1) == .ok([:]))
        try await follower.reconcile(from: configuration(2, Self.section), to: configuration(3))
        #expect(verbs == ["start", "stop"])
    }

    @Test func aNodeWithoutAnExporterSaysSo() async throws {
        let follower = follower(.exporter(""))
        await #expect(throws: InstallError.self) {
            try await follower.reconcile(from: nil, to: configuration(2, Self.section))
        }
        #expect(place.text(place.root.etc + "/monitoring.digest") == nil)
        try await follower.reconcile(from: nil, to: configuration(3))
    }
}
