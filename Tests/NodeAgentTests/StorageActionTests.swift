import EXAConf
import Foundation
import JobEngine
import NodeAgent
import Testing
import Values

struct StorageActionTests {
    let place: TemporaryInstallation
    let system = FailingFileSystem()
    static let mebibyte = 1 << 20

    init() throws {
        place = try TemporaryInstallation()
        try FileManager.default.createDirectory(
            atPath: place.root.directory + "/data/storage", withIntermediateDirectories: true)
    }

    /// A daemon that has just started on the same files.
    private func agent() -> NodeAgent { NodeAgent(node: 11, root: place.root, time: SteppingTime(), files: system) }

    /// A configuration with one disk and volumes of these sizes in MiB.
    private func configuration(_ volumes: KeyValuePairs<String, Int>, devices: String = "dev.1,") -> String {
        var text = "[Node : 11]\n    [[Disk : disk1]]\n        Devices = \(devices)\n"
        for (name, size) in volumes {
            text += "[EXAVolume : \(name)]\n    Type = data\n    Size = \(size) MiB\n    Disk = disk1\n"
            text += "    Nodes = 11,\n    NumMasterNodes = 1\n    Redundancy = 1\n"
        }
        return text
    }

    private func command(
        _ action: String, _ configuration: String, _ arguments: [String: Value] = [:], undo: String? = "storage.restore"
    ) -> Command {
        var all = arguments
        all["node"] = 11
        all["configuration"] = .string(configuration)
        return Command(action, on: 11, all, undo: undo, deadline: .seconds(100_000))
    }

    private func arrange(_ volume: String, _ purpose: String, _ configuration: String) -> Command {
        command("storage.volume.arrange", configuration, ["volume": .string(volume), "purpose": .string(purpose)])
    }

    private func job(_ number: Int) -> JobID { JobID(node: 11, number: number) }

    private func size(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(place.root.directory)/data/\(path)")
        return (attributes?[.size] as? NSNumber)?.intValue
    }

    /// Files of storage, without what the exchange of the ledger keeps beside it.
    private var files: [String] {
        place.files.filter { $0.hasPrefix("data/") && !$0.contains(".previous") && !$0.hasSuffix(".made-by") }
    }

    private func install(_ agent: NodeAgent, _ number: Int, _ configuration: String) async throws {
        let document = try Configuration.document(configuration)
        try await StorageContent(agent).reconcile(from: nil, to: DecidedConfiguration(document, revision: number))
    }

    private func refusal(_ outcome: CommandOutcome) -> JobError? {
        if case .refused(let error) = outcome { error } else { nil }
    }

    @Test func aConfigurationIsTakenUpWhenItIsInstalled() async throws {
        try await install(agent(), 1, configuration(["DataVolume1": 4]))
        #expect(files == ["data/storage/.ledger.json", "data/storage/dev.1", "data/volumes/0/segment.0"])
        #expect(size("volumes/0/segment.0") == 4 * Self.mebibyte)
        #expect(place.mode(place.root.directory + "/data/volumes/0/segment.0") == 0o600)
        #expect((size("storage/dev.1") ?? 0) >= 4 * Self.mebibyte)
    }

    @Test func whatStorageHasIsFoundWithoutAChange() async throws {
        let agent = agent()
        let text = configuration(["DataVolume1": 4])
        let document = try Configuration.document(text)
        try await install(agent, 1, text)
        let before = files
        let found = try await agent.storageFound(for: document)
        let disk = try #require(found.disks.first)
        #expect(found.disks.count == 1 && disk.name == "disk1")
        #expect(disk.size - disk.free == 4 * Self.mebibyte && disk.free >= 0)
        #expect(found.volumes.map(\.name) == ["DataVolume1"] && found.volumes.first?.fault == nil)
        let lock = command("storage.volume.set", text, ["volume": "DataVolume1", "locked": true])
        #expect(await agent.run(lock, job: job(7), step: 0) == .ok(.null))
        #expect(try await agent.storageFound(for: document).volumes.first?.fault == "somebody has locked it")
        #expect(files == before)
    }

    @Test func aVolumeIsMadeResizedAndDeleted() async throws {
        let agent = agent()
        try await install(agent, 1, configuration(["A": 4]))
        let two = configuration(["A": 4, "B": 6])
        #expect(await agent.run(arrange("B", "create", two), job: job(1), step: 0) == .ok(.null))
        #expect(size("volumes/1/segment.0") == 6 * Self.mebibyte)
        try await install(agent, 2, two)
        let larger = configuration(["A": 4, "B": 9])
        #expect(await agent.run(arrange("B", "resize", larger), job: job(2), step: 0) == .ok(.null))
        #expect(size("volumes/1/segment.0") == 9 * Self.mebibyte)
        try await install(agent, 3, larger)
        let smaller = configuration(["A": 4, "B": 2])
        #expect(await agent.run(arrange("B", "resize", smaller), job: job(3), step: 0) == .ok(.null))
        // What lies behind the new end goes when it is decided.
        #expect(size("volumes/1/segment.0") == 9 * Self.mebibyte)
        try await install(agent, 4, smaller)
        #expect(size("volumes/1/segment.0") == 2 * Self.mebibyte)
        let one = configuration(["A": 4])
        #expect(await agent.run(arrange("B", "delete", one), job: job(4), step: 0) == .ok(.null))
        #expect(size("volumes/1/segment.0") == 2 * Self.mebibyte)
        try await install(agent, 5, one)
        #expect(files == ["data/storage/.ledger.json", "data/storage/dev.1", "data/volumes/0/segment.0"])
    }

    @Test(arguments: ["create", "enlarge", "shrink", "delete"], [false, true])
    func everyChangeIsTakenBackWithItsContent(_ change: String, _ afterRestart: Bool) async throws {
        let first = agent()
        let before = configuration(["A": 4])
        try await install(first, 1, before)
        let path = place.root.directory + "/data/volumes/0/segment.0"
        let content = Data(repeating: 7, count: 4 * Self.mebibyte)
        try content.write(to: URL(filePath: path))
        let step =
            switch change {
            case "create": arrange("B", "create", configuration(["A": 4, "B": 2]))
            case "enlarge": arrange("A", "resize", configuration(["A": 8]))
            case "shrink": arrange("A", "resize", configuration(["A": 1]))
            default: arrange("A", "delete", configuration([:]))
            }
        let kept = files
        #expect(await first.run(step, job: job(1), step: 0) == .ok(.null))
        let second = afterRestart ? agent() : first
        let undo = Command("storage.restore", on: 11, step.arguments)
        // A revision of something else in between, as after a crash, removes nothing that may still be wanted.
        try await install(second, 1, before)
        #expect(await second.run(undo, job: job(1), step: 0) == .ok(.null))
        #expect(files == kept)
        #expect(FileManager.default.contents(atPath: path) == content)
        #expect(await agent().run(undo, job: job(1), step: 0) == .ok(.null))
        #expect(files == kept)
    }

    @Test func aStepThatNeverBeganIsNotTakenBack() async throws {
        let agent = agent()
        let two = configuration(["A": 4, "B": 6])
        try await install(agent, 1, two)
        let undo = Command("storage.restore", on: 11, arrange("B", "create", two).arguments)
        #expect(await agent.run(undo, job: job(9), step: 0) == .ok(.null))
        #expect(size("volumes/1/segment.0") == 6 * Self.mebibyte)
    }

    @Test(arguments: 1...30)
    func aCallThatFailsLeavesNothingBehind(_ call: Int) async throws {
        try await install(agent(), 1, configuration(["A": 4]))
        let kept = files
        let ledger = place.text(place.root.directory + "/data/storage/.ledger.json")
        system.fail(.once(call))
        let step = arrange("B", "create", configuration(["A": 4, "B": 6]))
        let outcome = await agent().run(step, job: job(1), step: 0)
        system.fail(nil)
        if outcome == .ok(.null) {
            #expect(size("volumes/1/segment.0") == 6 * Self.mebibyte)
            return
        }
        // The engine takes a command back that it cannot tell to have failed cleanly.
        _ = await agent().run(Command("storage.restore", on: 11, step.arguments), job: job(1), step: 0)
        #expect(files == kept)
        #expect(place.text(place.root.directory + "/data/storage/.ledger.json") == ledger)
    }

    @Test func aFolderWithContentOfSomethingElseStopsANewVolume() async throws {
        let agent = agent()
        try await install(agent, 1, configuration(["A": 4]))
        let folder = place.root.directory + "/data/volumes/1"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try place.write("precious", to: folder + "/notes")
        let step = arrange("B", "create", configuration(["A": 4, "B": 6]))
        #expect(refusal(await agent.run(step, job: job(1), step: 0))?.code == .objectExists)
        _ = await agent.run(Command("storage.restore", on: 11, step.arguments), job: job(1), step: 0)
        #expect(place.text(folder + "/notes") == "precious")
    }

    @Test func tooLittleSpaceIsBlamedOnTheParameterThatAskedForIt() async throws {
        try FileManager.default.createDirectory(
            atPath: place.root.directory + "/data/storage", withIntermediateDirectories: true)
        try Data(count: 5 * Self.mebibyte).write(to: URL(filePath: place.root.directory + "/data/storage/dev.1"))
        let agent = agent()
        try await install(agent, 1, configuration(["A": 4]))
        var arguments = arrange("B", "create", configuration(["A": 4, "B": 6])).arguments
        arguments["about"] = "size"
        let outcome = await agent.run(Command("storage.volume.arrange", on: 11, arguments), job: job(1), step: 0)
        let error = refusal(outcome)
        #expect(error?.code == .parameterInvalid)
        #expect(error?.faults.map(\.pointer) == ["/params/size"])
        #expect(error?.message.contains("1 MiB free") == true)
    }

    @Test func aLockedVolumeIsNeitherResizedNorCleared() async throws {
        let agent = agent()
        let text = configuration(["A": 4])
        try await install(agent, 1, text)
        let lock = command("storage.volume.set", text, ["volume": "A", "locked": true])
        #expect(await agent.run(lock, job: job(1), step: 0) == .ok(.null))
        let resize = arrange("A", "resize", configuration(["A": 8]))
        #expect(refusal(await agent.run(resize, job: job(2), step: 0))?.code == .objectBusy)
        let clear = command("storage.volume.clear", text, ["volume": "A", "bytes": 0], undo: nil)
        #expect(refusal(await agent.run(clear, job: job(3), step: 0))?.code == .objectBusy)
        let look = await agent.run(command("storage.look", text, undo: nil), job: job(4), step: 0)
        guard case .ok(let answer) = look else { return #expect(Bool(false), "\(look)") }
        #expect(answer["volumes"]?["A"]?["locked"] == true)
        #expect(answer["volumes"]?["A"]?["segments"]?["0"]?["bytes"] == .int(4 * Self.mebibyte))
    }

    @Test(arguments: [(0, 0), (3, 3)])
    func clearedBytesAreZero(_ bytes: Int, _ expected: Int) async throws {
        let agent = agent()
        let text = configuration(["A": 4])
        try await install(agent, 1, text)
        let path = place.root.directory + "/data/volumes/0/segment.0"
        try Data(repeating: 7, count: 4 * Self.mebibyte).write(to: URL(filePath: path))
        let clear = command("storage.volume.clear", text, ["volume": "A", "bytes": .int(bytes)], undo: nil)
        #expect(await agent.run(clear, job: job(1), step: 0) == .ok(.null))
        let content = try #require(FileManager.default.contents(atPath: path))
        #expect(content.count == 4 * Self.mebibyte)
        let zeroes = expected == 0 ? content.count : expected
        #expect(content.prefix(zeroes).allSatisfy { $0 == 0 })
        #expect(content.dropFirst(zeroes).allSatisfy { $0 == 7 })
    }

    @Test func devicesComeGrowAndGo() async throws {
        let agent = agent()
        try await install(agent, 1, configuration(["A": 4]))
        let two = configuration(["A": 4], devices: "dev.1, dev.2")
        let add = command("storage.device.set", two, ["device": "dev.2", "sectors": 2048, "sector_size": 4096])
        #expect(await agent.run(add, job: job(1), step: 0) == .ok(.null))
        #expect(size("storage/dev.2") == 8 * Self.mebibyte)
        try await install(agent, 2, two)
        let grow = command("storage.device.set", two, ["device": "dev.2", "sectors": 4096, "grows": true])
        #expect(await agent.run(grow, job: job(2), step: 0) == .ok(.null))
        #expect(size("storage/dev.2") == 16 * Self.mebibyte)
        let shrink = command("storage.device.set", two, ["device": "dev.2", "sectors": 1, "grows": true])
        #expect(refusal(await agent.run(shrink, job: job(3), step: 0))?.code == .objectBusy)
        let one = configuration(["A": 4])
        let remove = command("storage.device.set", one, ["device": "dev.2"])
        #expect(await agent.run(remove, job: job(4), step: 0) == .ok(.null))
        #expect(size("storage/dev.2") == 16 * Self.mebibyte)
        try await install(agent, 3, one)
        #expect(size("storage/dev.2") == nil)
    }

    @Test func aDeviceInUseIsNeitherRemovedNorWiped() async throws {
        let agent = agent()
        let text = configuration(["A": 4])
        try await install(agent, 1, text)
        let wipe = command("storage.device.set", text, ["device": "dev.1", "sector_size": 1024, "wipes": true])
        let error = refusal(await agent.run(wipe, job: job(1), step: 0))
        #expect(error?.code == .objectBusy && error?.message.contains("A") == true)
        let none = "[Node : 11]\n"
        let remove = command("storage.device.set", none, ["device": "dev.1"])
        #expect(refusal(await agent.run(remove, job: job(2), step: 0))?.code == .objectBusy)
    }

    @Test(arguments: ["/etc/passwd", "/exa/etc/EXAConf", "../etc/EXAConf", "/exa/data/storage/../x", ".ledger.json"])
    func aDeviceIsAFileOfTheStorageFolderOnly(_ name: String) async throws {
        let text = configuration([:], devices: "\(name),")
        let step = command("storage.device.set", text, ["device": .string(name)])
        let outcome = await agent().run(step, job: job(1), step: 0)
        guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(!files.contains("data/storage/.ledger.json"))
    }

    @Test func aVolumeThatAStepHasBegunIsLeftToItByASettlingInBetween() async throws {
        let (one, two) = (configuration(["A": 4]), configuration(["A": 4, "B": 4]))
        try await install(agent(), 1, one)
        let before = files
        // As a kill between the ledger and the files leaves it.
        let step = arrange("B", "create", two)
        #expect(await agent().run(step, job: job(2), step: 0) == .ok(.null))
        try FileManager.default.removeItem(atPath: place.root.directory + "/data/volumes/1")
        try await install(agent(), 1, one)
        #expect(!files.contains { $0.hasPrefix("data/volumes/1") })
        let undo = Command("storage.restore", on: 11, step.arguments)
        #expect(await agent().run(undo, job: job(2), step: 0) == .ok(.null))
        #expect(files == before)
    }

    @Test func aDamagedLedgerStopsStorageAndNothingElse() async throws {
        try place.write("{", to: place.root.directory + "/data/storage/.ledger.json")
        let text = configuration(["A": 4])
        await #expect(throws: InstallError.self) { try await install(agent(), 1, text) }
        let outcome = await agent().run(command("storage.look", text, undo: nil), job: job(1), step: 0)
        guard case .failed(_, let message) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(message.contains("damaged"))
    }

    @Test func theSlowestLinkThatTellsItsSpeedCounts() async throws {
        let interfaces = place.root.directory + "/net"
        for (name, speed) in [("lo", "10"), ("eth0", "10000"), ("eth1", "1000"), ("veth", "-1")] {
            try FileManager.default.createDirectory(
                atPath: "\(interfaces)/\(name)", withIntermediateDirectories: true)
            try place.write(speed + "\n", to: "\(interfaces)/\(name)/speed")
        }
        let agent = NodeAgent(
            node: 11, root: place.root, files: system,
            handlers: [.network(interfaces: interfaces)])
        let command = Command("network.link_speed", on: 11)
        #expect(await agent.run(command, job: job(1), step: 0) == .ok(["speed": 1000]))
    }
}
