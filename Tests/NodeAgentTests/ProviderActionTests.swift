import FoundationEssentials
import JobEngine
import NodeAgent
import Testing
import Values

/// A provider and an exporter that are scripts, called as docs/providers.md says.
struct ProviderActionTests {
    let place: TemporaryInstallation

    init() throws {
        place = try TemporaryInstallation()
    }

    private func ask(_ script: String?, _ arguments: [String: Value] = [:]) async throws -> CommandOutcome {
        let path = place.root.directory + "/provider"
        if let script { try place.write("#!/bin/sh\n" + script, to: path, mode: 0o755) }
        let agent = NodeAgent(
            node: 11, root: place.root, handlers: CommandHandler.infrastructure(.provider(path)))
        let command = Command(
            "provider.ask", on: 11, ["verb": "infra_db_start"].merging(arguments) { $1 }, deadline: .seconds(600))
        return await agent.run(command, job: JobID(node: 11, number: 5), step: 0)
    }

    @Test func theVerbIsItsArgumentAndTheRequestItsInput() async throws {
        let seen = place.root.directory + "/seen"
        let outcome = try await ask(
            "cat > \(seen); echo \"{\\\"verb\\\": \\\"$1\\\"}\"",
            ["parameters": ["db_name": "DB1"], "cluster": ["name": "cl4"]])
        #expect(outcome == .ok(["verb": "infra_db_start"]))
        let request = try JSON.parse(place.text(seen) ?? "")
        #expect(
            request == [
                "contract": 1, "verb": "infra_db_start", "job": "11.5", "parameters": ["db_name": "DB1"],
                "cluster": ["name": "cl4"],
            ])
    }

    @Test func withoutOneTheSettingIsNamed() async throws {
        let agent = NodeAgent(node: 11, root: place.root, handlers: CommandHandler.infrastructure(.provider("")))
        let none = await agent.run(
            Command("provider.ask", on: 11, ["verb": "infra_db_start"]), job: JobID(node: 11, number: 1), step: 0)
        for outcome in [none, try await ask(nil)] {
            guard case .refused(let error) = outcome else {
                Issue.record("it was not refused: \(outcome)")
                continue
            }
            #expect(error.code == .unsupported && error.message.contains("'provider.path'"))
        }
    }

    @Test(
        arguments: [
            ("unsupported", .unsupported), ("unknown-verb", .unsupported), ("state", .objectBusy),
            ("invalid", .parameterInvalid), ("absent", .objectMissing), ("exists", .objectExists),
        ] as [(String, JobError.Code)])
    func whatItCannotDoDeclinesTheJob(code: String, expected: JobError.Code) async throws {
        let answer = #"{"error": {"code": "\#(code)", "message": "It is so."}}"#
        #expect(try await ask("echo '\(answer)'; exit 3") == .refused(JobError(expected, "It is so.")))
    }

    @Test func aFailureTellsItsLastWords() async throws {
        #expect(
            try await ask("echo 'quota used up' >&2; exit 4") == .failed(code: 4, message: "quota used up"))
        #expect(
            try await ask("echo all is well >&2")
                == .failed(
                    code: 1,
                    message: "The infrastructure provider gave no JSON for an answer. Its last words were: all is well")
        )
        let unusable = try await ask("echo done")
        guard case .failed(code: 1, let message) = unusable else {
            Issue.record("\(unusable)")
            return
        }
        #expect(message.hasPrefix("The infrastructure provider gave an answer that cannot be used: "))
        #expect(message.hasSuffix(" at byte 0."))
        #expect(
            try await ask(#"echo '{"error": {"code": "failed", "message": "No."}}'; exit 1"#)
                == .failed(code: 1, message: "No."))
    }

    @Test func theExporterGetsItsPasswordAsASecretAndIsResumedFromTheConfiguration() async throws {
        let (path, seen) = (place.root.directory + "/exporter", place.root.directory + "/seen")
        try place.write("#!/bin/sh\ncat > \(seen).$1; echo {}", to: path, mode: 0o755)
        let agent = NodeAgent(node: 11, root: place.root, handlers: CommandHandler.monitoring(.exporter(path)))
        let arguments: [String: Value] = [
            "broker": "b:1", "cluster_id": "c", "sasl_user": "u", "sasl_password": "hidden",
        ]
        let job = JobID(node: 11, number: 1)
        #expect(await agent.run(Command("monitoring.start", on: 11, arguments), job: job, step: 0) == .ok([:]))
        let started = try JSON.parse(place.text(seen + ".start") ?? "")
        #expect(started["secrets"] == ["sasl_password": "hidden"] && started["broker"] == "b:1")
        #expect(await agent.run(Command("monitoring.stop", on: 11), job: job, step: 1) == .ok([:]))
        #expect(try JSON.parse(place.text(seen + ".stop") ?? "")["verb"] == "stop")
        #expect(await agent.run(Command("monitoring.resume", on: 11), job: job, step: 2) == .ok(.null))
        let section = "[Monitoring]\n    Broker = b:1\n    ClusterID = c\n    SASLUser = u\n    SASLPasswd = aGlkZGVu\n"
        try place.write(Configuration.node + "\n" + section, to: place.root.configuration)
        try FileManager.default.removeItem(atPath: seen + ".start")
        #expect(await agent.run(Command("monitoring.resume", on: 11), job: job, step: 3) == .ok([:]))
        #expect(try JSON.parse(place.text(seen + ".start") ?? "") == started)
    }

    @Test func aPluginIsCopiedAsAWholeAndTakenBack() async throws {
        let agent = NodeAgent(node: 11, root: place.root)
        let arguments: [String: Value] = ["name": "p1", "folder": "/exa/data/bucketfs/bfs/default/plugins"]
        func run(_ action: String, _ step: Int) async -> CommandOutcome {
            await agent.run(Command(action, on: 11, arguments), job: JobID(node: 11, number: 1), step: step)
        }
        guard case .refused(let error) = await run("plugin.install", 0) else {
            Issue.record("a plugin that is not in stock was installed")
            return
        }
        #expect(error.code == .objectMissing)
        let stock = place.root.directory + "/plugins/p1"
        try FileManager.default.createDirectory(atPath: stock, withIntermediateDirectories: true)
        try place.write("content", to: stock + "/file")
        let target = place.root.data + "/bucketfs/bfs/default/plugins"
        #expect(await run("plugin.install", 1) == .ok(.null))
        #expect(place.text(target + "/p1/file") == "content")
        guard case .refused = await run("plugin.install", 2) else {
            Issue.record("a plugin was replaced")
            return
        }
        #expect(await run("plugin.remove", 3) == .ok(.null))
        #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
        #expect(place.text(stock + "/file") == "content")
    }

    @Test func aNodeIsTerminatedByAskingItsDaemonToEnd() async {
        await confirmation { asked in
            let agent = NodeAgent(
                node: 11, root: place.root, handlers: [.terminating { asked() }])
            #expect(
                await agent.run(Command("node.terminate", on: 11), job: JobID(node: 11, number: 1), step: 0)
                    == .ok(.null))
        }
    }
}
