import EXAConf
import JobEngine
import Testing
import Values

@testable import NodeAgent

struct AllocationTableTests {
    /// Numbers that look random and are the same in every run.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let plenty = AllocationTable.Room(free: .max, promised: 0)

    private func document(nodes: Int, devices: Int) throws -> Document {
        var text = ""
        for node in 11..<(11 + nodes) {
            let names = (1...devices).map { "dev.\($0)" }.joined(separator: ", ")
            text += "[Node : \(node)]\n    [[Disk : disk1]]\n        Devices = \(names),\n"
        }
        return try Document(parsing: text)
    }

    private func add(
        _ name: String, size: Int, nodes: [Int], masters: Int, copies: Int, to document: inout Document
    ) throws {
        try document.addVolume(
            name,
            VolumeSettings(
                type: "data", size: "\(size) B", disk: "disk1", nodes: nodes, masterNodeCount: masters,
                redundancy: copies, owner: EXAConf.Owner(user: 0, group: 0)))
    }

    /// What must hold whatever was done: no piece of a device belongs to two, none lies behind its end, and every
    /// segment of the layout is kept by exactly its node with its length.
    private func check(_ ledgers: [Int: AllocationTable], _ document: Document, _ names: Set<String>) throws {
        for (_, ledger) in ledgers {
            for (name, device) in ledger.devices {
                var end = 0
                for extent in ledger.extents(of: name) {
                    #expect(extent.offset >= end && extent.length > 0)
                    end = extent.end
                }
                #expect(end <= device.size)
                #expect(ledger.free(of: name) >= 0)
            }
            #expect(Set(ledger.volumes.keys).isSubset(of: names))
        }
        for volume in document.volumes {
            let layout = try VolumeLayout(volume)
            for segment in layout.segments {
                let held = ledgers[segment.node]?.volumes[volume.name]?.lengths[segment.id]
                #expect(held == layout.segmentBytes, "\(volume.name) \(segment)")
                let others = ledgers.filter { $0.key != segment.node }
                #expect(others.values.allSatisfy { $0.volumes[volume.name]?.segments[segment.id] == nil })
            }
        }
    }

    /// One command on all nodes of a volume, as a job runs it: where one refuses, none has changed.
    private func apply(
        _ name: String, _ nodes: [Int], _ document: Document, _ ledgers: inout [Int: AllocationTable],
        _ work: (inout AllocationTable, StoragePart) throws -> Void
    ) -> Bool {
        var draft = ledgers
        for node in nodes {
            guard var ledger = draft[node] else { return false }
            do { try work(&ledger, StoragePart(document, node: node)) } catch { return false }
            draft[node] = ledger
        }
        ledgers = draft
        return true
    }

    @Test(arguments: 1...60)
    func whateverIsDoneNoCapacityIsExceededAndNothingIsGivenOutTwice(_ seed: Int) throws {
        var random = Numbers(state: UInt64(seed))
        let count = Int.random(in: 1...5, using: &random)
        let devices = Int.random(in: 1...3, using: &random)
        var document = try document(nodes: count, devices: devices)
        var ledgers: [Int: AllocationTable] = [:]
        for node in 11..<(11 + count) {
            var ledger = AllocationTable()
            ledger.adopt(StoragePart(document, node: node), free: 0) { _ in
                Int.random(in: 0...64, using: &random) << 20
            }
            ledgers[node] = ledger
        }
        for step in 0..<40 {
            var draft = document
            let present = document.volumes.map(\.name)
            let name: String
            let done: Bool
            switch present.isEmpty ? 0 : Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                name = "v\(step)"
                let nodes = Array(
                    (11..<(11 + count)).shuffled(using: &random).prefix(Int.random(in: 1...count, using: &random)))
                try add(
                    name, size: Int.random(in: 1...(48 << 20), using: &random), nodes: nodes,
                    masters: Int.random(in: 1...nodes.count, using: &random),
                    copies: Int.random(in: 1...nodes.count, using: &random), to: &draft)
                done = apply(name, nodes, draft, &ledgers) { ledger, part in
                    guard let volume = part.volume(name) else { return }
                    try ledger.create(volume, room: Self.plenty)
                }
            case 2:
                name = present.randomElement(using: &random) ?? ""
                let size = Int.random(in: 1...(64 << 20), using: &random)
                try draft.modifyVolume(name, VolumeSettings(size: "\(size) B"))
                done = apply(name, document.volume(named: name)?.nodes ?? [], draft, &ledgers) { ledger, part in
                    guard let volume = part.volume(name) else { return }
                    try ledger.resize(volume, room: Self.plenty)
                }
            default:
                name = present.randomElement(using: &random) ?? ""
                try draft.removeVolume(name)
                done = apply(name, document.volume(named: name)?.nodes ?? [], draft, &ledgers) { ledger, _ in
                    ledger.retire(name)
                }
            }
            if done { document = draft }
            try check(ledgers, document, Set(document.volumes.map(\.name)))
        }
    }

    @Test func theSameStepsGiveTheSameLedger() throws {
        func made() throws -> AllocationTable {
            var document = try document(nodes: 1, devices: 3)
            var ledger = AllocationTable()
            ledger.adopt(StoragePart(document, node: 11), free: 0) { _ in 10 << 20 }
            for (name, size) in [("a", 7 << 20), ("b", 9 << 20), ("c", 4 << 20)] {
                try add(name, size: size, nodes: [11], masters: 1, copies: 1, to: &document)
                let volume = try #require(StoragePart(document, node: 11).volume(name))
                try ledger.create(volume, room: Self.plenty)
            }
            ledger.retire("b")
            return ledger
        }
        #expect(try made() == made())
    }

    @Test func aVolumeThatFitsNowhereIsRefusedWithTheSpaceThereIs() throws {
        var document = try document(nodes: 1, devices: 1)
        var ledger = AllocationTable()
        ledger.adopt(StoragePart(document, node: 11), free: 0) { _ in 10 << 20 }
        try add("big", size: 11 << 20, nodes: [11], masters: 1, copies: 1, to: &document)
        let volume = try #require(StoragePart(document, node: 11).volume("big"))
        let before = ledger
        let device = #expect(throws: StorageRefusal.self) { try ledger.create(volume, room: Self.plenty) }
        #expect(device?.message.contains("10 MiB") == true)
        let room = AllocationTable.Room(free: 20 << 20, promised: 15 << 20)
        let system = #expect(throws: StorageRefusal.self) { try ledger.create(volume, room: room) }
        #expect(system?.message.contains("5 MiB") == true)
        #expect(ledger == before)
    }

    @Test func whatTheConfigurationNamesFirstGetsItsSpace() throws {
        var document = try document(nodes: 1, devices: 1)
        try add("data", size: 30 << 20, nodes: [11], masters: 1, copies: 1, to: &document)
        var ledger = AllocationTable()
        ledger.adopt(StoragePart(document, node: 11), free: 10 << 20) { _ in nil }
        #expect(ledger.volumes["data"]?.lengths == [0: 30 << 20])
        #expect(ledger.devices["dev.1"]?.size == 30 << 20)
        // A file somebody made is not made larger: the volume stays out.
        var other = AllocationTable()
        other.adopt(StoragePart(document, node: 11), free: 10 << 20) { _ in 20 << 20 }
        #expect(other.volumes.isEmpty && other.devices["dev.1"]?.size == 20 << 20)
    }

    @Test func devicesOutOfServiceGetNothingNew() throws {
        var document = try document(nodes: 1, devices: 2)
        var ledger = AllocationTable()
        ledger.adopt(StoragePart(document, node: 11), free: 0) { _ in 10 << 20 }
        ledger.devices["dev.1"]?.isDisabled = true
        try add("a", size: 8 << 20, nodes: [11], masters: 1, copies: 1, to: &document)
        let volume = try #require(StoragePart(document, node: 11).volume("a"))
        try ledger.create(volume, room: Self.plenty)
        #expect(ledger.extents(of: "dev.1").isEmpty)
        #expect(ledger.free(on: "disk1") == 2 << 20)
    }
}
