import JobEngine
import NodeAgent
import Testing
import Values

struct FileActionTests {
    let place: TemporaryInstallation
    let system = FailingFileSystem()
    let job = JobID(node: 11, number: 5)
    let paths: [String: Value] = [
        "cert_path": "/exa/etc/ssl/ssl.crt", "key_path": "/exa/etc/ssl/ssl.key", "ca_path": "/exa/etc/ssl/ssl.ca",
    ]

    init() throws {
        place = try TemporaryInstallation()
    }

    /// A daemon that has just started on the same files.
    private func agent(_ time: SteppingTime = SteppingTime()) -> NodeAgent {
        NodeAgent(node: 11, root: place.root, time: time, files: system)
    }

    private func installation(_ suffix: String, deadline: Duration = .seconds(600)) -> Command {
        let texts: [String: Value] = ["cert": .string("cert \(suffix)"), "key": .string("key \(suffix)"), "ca": "ca"]
        return Command(
            "certificate.install", on: 11, texts.merging(paths) { first, _ in first }, secrets: ["key"],
            undo: "certificate.restore", deadline: deadline)
    }

    private var restoring: Command { Command("certificate.restore", on: 11, paths) }

    private func text(_ name: String) -> String? { place.text(place.root.etc + "/ssl/ssl." + name) }

    private func writeOld() throws {
        try place.write("cert old", to: place.root.etc + "/ssl/ssl.crt", mode: 0o640)
        try place.write("key old", to: place.root.etc + "/ssl/ssl.key", mode: 0o400)
    }

    @Test func aCertificateIsInstalledWithItsRights() async {
        #expect(await agent().run(installation("new"), job: job, step: 0) == .ok(.null))
        #expect(text("crt") == "cert new" && text("key") == "key new" && text("ca") == "ca")
        #expect(place.mode(place.root.etc + "/ssl/ssl.crt") == 0o644)
        #expect(place.mode(place.root.etc + "/ssl/ssl.key") == 0o600)
    }

    @Test(arguments: [false, true])
    func restoringBringsExactlyTheFormerFilesBack(_ afterRestart: Bool) async throws {
        try writeOld()
        let inode = place.inode(place.root.etc + "/ssl/ssl.key")
        let first = agent()
        #expect(await first.run(installation("new"), job: job, step: 0) == .ok(.null))
        #expect(text("key.previous") == "key old")
        let second = afterRestart ? agent() : first
        #expect(await second.run(restoring, job: job, step: 0) == .ok(.null))
        #expect(text("crt") == "cert old" && text("key") == "key old")
        #expect(text("ca") == nil)
        #expect(place.mode(place.root.etc + "/ssl/ssl.crt") == 0o640)
        #expect(place.mode(place.root.etc + "/ssl/ssl.key") == 0o400)
        #expect(place.inode(place.root.etc + "/ssl/ssl.key") == inode)
        // And once more, by a daemon that does not remember.
        #expect(await agent().run(restoring, job: job, step: 0) == .ok(.null))
        #expect(text("key") == "key old")
    }

    @Test func aStepThatNeverBeganIsNotTakenBack() async throws {
        try writeOld()
        let agent = agent()
        _ = await agent.run(installation("first"), job: job, step: 0)
        #expect(await agent.run(restoring, job: JobID(node: 11, number: 6), step: 0) == .ok(.null))
        #expect(text("crt") == "cert first" && text("key") == "key first")
    }

    @Test func aStepRepeatedAfterARestartKeepsTheFormerFiles() async throws {
        try writeOld()
        _ = await agent().run(installation("new"), job: job, step: 0)
        _ = await agent().run(installation("new"), job: job, step: 0)
        #expect(await agent().run(restoring, job: job, step: 0) == .ok(.null))
        #expect(text("crt") == "cert old" && text("key") == "key old")
    }

    @Test(arguments: [true, false])
    func everyFailingStepLeavesAllFormerFiles(_ isFull: Bool) async throws {
        try writeOld()
        for step in 1...80 {
            let agent = agent()
            system.fail(isFull ? .full(from: step) : .once(step))
            let outcome = await agent.run(installation("new"), job: JobID(node: 11, number: step), step: 0)
            let calls = system.calls.count
            system.fail(nil)
            if case .ok = outcome {
                #expect(text("crt") == "cert new" && text("key") == "key new" && text("ca") == "ca")
                return #expect(calls < step || isFull)
            }
            #expect(text("crt") == "cert old" && text("key") == "key old" && text("ca") == nil, "step \(step)")
            #expect(place.mode(place.root.etc + "/ssl/ssl.key") == 0o400)
            #expect(place.files.allSatisfy { !$0.hasSuffix(".new") }, "step \(step)")
        }
        Issue.record("The installation never came to its end.")
    }

    @Test func aDeadlineBetweenTwoFilesLeavesTheFormerOnes() async throws {
        try writeOld()
        for seconds in 1...5 {
            let command = installation("new", deadline: .seconds(seconds))
            #expect(await agent().run(command, job: JobID(node: 11, number: seconds), step: 0) == .timedOut)
            #expect(text("crt") == "cert old" && text("key") == "key old" && text("ca") == nil)
        }
    }

    @Test(
        arguments: [
            ["cert_path": "/etc/passwd"], ["key_path": "/exa/../etc/shadow"], ["key_path": "/exa/etc/ssl/ssl.crt"],
            ["cert_path": "/exa/etc/EXAConf"], ["cert": .null], ["key": 5],
        ] as [[String: Value]])
    func unfitArgumentsAreRefused(_ changed: [String: Value]) async {
        let good = installation("new")
        let command = Command(good.action, on: 11, good.arguments.merging(changed) { _, last in last })
        guard case .failed(code: 2, let message) = await agent().run(command, job: job, step: 0) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(!message.contains("key new"))
        #expect(place.files.isEmpty)
    }

    @Test func aLicenceIsInstalledReadAndTakenBack() async {
        let agent = agent()
        let path: [String: Value] = ["path": "/exa/etc/license.xml"]
        let reading = Command("license.read", on: 11, path)
        #expect(await agent.run(reading, job: job, step: 0) == .ok([:]), "there is no licence yet")
        let installing = Command("license.install", on: 11, path.merging(["text": "<l/>"]) { first, _ in first })
        #expect(await agent.run(installing, job: job, step: 1) == .ok(.null))
        #expect(place.mode(place.root.etc + "/license.xml") == 0o600)
        #expect(await agent.run(reading, job: job, step: 2) == .ok(["text": "<l/>"]))
        #expect(await agent.run(Command("license.restore", on: 11, path), job: job, step: 1) == .ok(.null))
        #expect(place.text(place.root.etc + "/license.xml") == nil)
    }
}
