import EXAConf
import JobEngine
import NodeAgent
import Testing
import Values

struct NodeAgentInstallTests {
    let place: TemporaryInstallation
    let system = FailingFileSystem()
    let agent: NodeAgent

    init() throws {
        place = try TemporaryInstallation()
        agent = NodeAgent(node: 11, root: place.root, time: SteppingTime(), files: system)
    }

    @Test func aRevisionIsWrittenAndAcknowledged() async throws {
        let revision = Configuration.revision(1, Configuration.node)
        let acknowledged = try await agent.install(revision, suspended: [])
        #expect(
            acknowledged == [.init(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 1_700_000_000_000))])
        #expect(place.text(place.root.configuration) == revision.text)
        #expect(place.mode(place.root.configuration) == 0o600)
        #expect(try await agent.readConfiguration() == Array(revision.text.utf8))
    }

    @Test func nodesThatCannotBeReachedAreNotWaitedFor() async throws {
        let revision = Configuration.revision(1, Configuration.otherNodes, Configuration.node)
        let states = try await agent.install(revision, suspended: [12]).map { "\($0.node) \($0.state.rawValue)" }
        #expect(states == ["11 acknowledged", "12 suspended", "13 suspended", "14 not-joined"])
    }

    @Test func aDamagedRevisionChangesNothing() async throws {
        let good = Configuration.revision(1, Configuration.node)
        let damaged = RevisionRecord(
            number: 1, text: good.text + " ", sha256: good.sha256, checksum: "", user: "root", at: good.at)
        await #expect(throws: InstallError.self) { try await agent.install(damaged, suspended: []) }
        #expect(place.files.isEmpty)
    }

    @Test func formerVersionsStayBesideIt() async throws {
        for number in 1...9 {
            _ = try await agent.install(Configuration.revision(number, Configuration.node), suspended: [])
        }
        // An equal one is no new version.
        _ = try await agent.install(Configuration.revision(9, Configuration.node), suspended: [])
        #expect(place.text(place.root.configuration)?.hasPrefix("# 9\n") == true)
        for number in 0...5 {
            #expect(place.text("\(place.root.configuration).\(number)")?.hasPrefix("# \(8 - number)\n") == true)
        }
        #expect(!place.files.contains("etc/EXAConf.6"))
    }

    @Test(arguments: ["no line\n", "", "[Global]\n    Checksum = 0123456789abcdef0123456789abcdef\n"])
    func anEditThatNoRevisionHasIsKeptUnderANameOfItsOwn(text: String) async throws {
        _ = try await agent.install(Configuration.revision(1, Configuration.node), suspended: [])
        try place.write(text, to: place.root.configuration)
        _ = try await agent.readConfiguration()
        _ = try await agent.install(Configuration.revision(2, Configuration.node), suspended: [])
        let kept = try #require(place.files.first { $0.hasPrefix("etc/EXAConf.edited.20") })
        #expect(place.text("\(place.root.directory)/\(kept)") == text)
        #expect(!place.files.contains("etc/EXAConf.0"))
    }

    @Test func anInstallationTakesOneTurnOfTheDisk() async throws {
        _ = try await agent.install(Configuration.revision(1, Configuration.node), suspended: [])
        system.fail(nil)
        _ = try await agent.install(Configuration.revision(2, Configuration.node), suspended: [])
        #expect(system.calls.filter { $0.hasPrefix("synchronize") } == ["synchronize"])
    }

    @Test func aTouchedFileIsNoticed() async throws {
        #expect(await agent.configurationWasTouched())
        _ = try await agent.install(Configuration.revision(1, Configuration.node), suspended: [])
        #expect(await agent.configurationWasTouched() == false)
        _ = try await agent.install(Configuration.revision(2, Configuration.node), suspended: [])
        #expect(await agent.configurationWasTouched() == false)
        try place.write("[Global]\n", to: place.root.configuration)
        #expect(await agent.configurationWasTouched())
        #expect(try await agent.readConfiguration() == Array("[Global]\n".utf8))
        #expect(await agent.configurationWasTouched() == false)
    }

    @Test func aMissingFileIsNoneAndTouched() async throws {
        #expect(try await agent.readConfiguration() == nil)
        #expect(await agent.configurationWasTouched())
    }

    @Test func everyFailingStepLeavesAWholeConfigurationAndASecondAttemptSucceeds() async throws {
        let old = Configuration.revision(1, Configuration.node)
        let new = Configuration.revision(2, Configuration.node, Configuration.services)
        _ = try await agent.install(old, suspended: [])
        for step in 1...60 {
            _ = try await agent.install(old, suspended: [])
            system.fail(.once(step))
            do {
                _ = try await agent.install(new, suspended: [])
                // A fault in keeping a former version, or in clearing up, stops nothing.
                if system.calls.count < step { return #expect(step > 10) }
            } catch {
                let text = place.text(place.root.configuration)
                #expect(text == old.text || text == new.text)
                #expect(place.files.allSatisfy { !$0.hasSuffix(".new") })
            }
            system.fail(nil)
            #expect(try await agent.install(new, suspended: []).first?.state == .acknowledged)
            #expect(place.text(place.root.configuration) == new.text)
        }
        Issue.record("The installation never came to its end.")
    }
}

extension NodeAgent {
    fileprivate func install(_ revision: RevisionRecord, suspended: Set<Int>) async throws -> [Acknowledgement] {
        try await install(revision, of: Document(parsing: revision.text), suspended: suspended)
    }
}
