import Testing

@testable import EXAConf

struct VolumeLayoutTests {
    /// Numbers that look random and are the same in every run.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func volume(_ lines: String...) throws -> Volume {
        let text = "[EXAVolume : V]\n" + lines.map { "    \($0)\n" }.joined()
        return try #require(Document(parsing: text).volume(named: "V"))
    }

    private func data(_ nodes: String, masters: Int, copies: Int, size: String = "10 GiB") throws -> VolumeLayout {
        try VolumeLayout(
            volume(
                "Type = data", "Size = \(size)", "Nodes = \(nodes)", "NumMasterNodes = \(masters)",
                "Redundancy = \(copies)", "BlockSize = 4 KiB", "StripeSize = 256 KiB"))
    }

    @Test func oneNodeHasOneSegmentWithAllBlocks() throws {
        let layout = try data("11", masters: 1, copies: 1)
        #expect(layout.segments == [.init(id: 0, index: 0, level: 1, node: 11)])
        #expect(layout.blocks(of: layout.segments[0]) == 0...2_621_439)
    }

    @Test func copiesLieOnTheNextNodesRoundTheRing() throws {
        let layout = try data("11,12,13", masters: 3, copies: 2)
        #expect(layout.segments.map(\.node) == [11, 12, 13, 12, 13, 11])
        #expect(layout.segments.map(\.level) == [1, 1, 1, 2, 2, 2])
        #expect(layout.blocks(of: layout.segments[1]).lowerBound == layout.blocksPerSegment)
    }

    @Test func nodesForRedundancyOnlyTakeTheCopies() throws {
        let layout = try data("11,12,13,14", masters: 2, copies: 2)
        #expect(layout.segments.map(\.node) == [11, 12, 13, 14])
        // Too few of them for two copies each: then the ring is used.
        #expect(try data("11,12,13", masters: 2, copies: 3).segments.map(\.node) == [11, 12, 12, 13, 13, 11])
    }

    @Test func segmentsAreWholeStripes() throws {
        let layout = try data("11,12,13", masters: 3, copies: 1, size: "1000 KiB")
        #expect(layout.blocksPerSegment == 128)
        #expect(layout.wholeStripes(1) == 64 && layout.wholeStripes(64) == 64 && layout.wholeStripes(65) == 128)
        #expect(layout.wholeStripes(Int.max) == nil)
        #expect(layout.size(blocksPerSegment: 128)?.bytes == 3 * 128 * 4096)
        #expect(layout.size(blocksPerSegment: Int.max) == nil)
    }

    @Test(
        arguments: [
            ("Nodes = 11,11", "once"), ("Redundancy = 2", "Redundancy"), ("NumMasterNodes = 0", "NumMasterNodes"),
            ("BlockSize = 5000", "BlockSize"), ("BlockSize = 0", "BlockSize"), ("StripeSize = 5 KiB", "StripeSize"),
            ("Size = 2 EiB", "Size"), ("Nodes =", "at least one"),
        ])
    func aSectionWithoutLayoutIsRefused(_ line: String, _ word: String) throws {
        var document = try Document(
            parsing: "[EXAVolume : V]\nType = data\nSize = 1 GiB\nNodes = 11\nNumMasterNodes = 1\nRedundancy = 1\n")
        let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(" ") }
        try document.set(
            String(parts[0].split(separator: " ")[0]), to: parts.count > 1 ? String(parts[1]) : "", in: .volume("V"))
        let volume = try #require(document.volume(named: "V"))
        let error = #expect(throws: EXAConfError.self) { try VolumeLayout(volume) }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: 1...300)
    func noNodeEverKeepsTwoCopiesOfARange(_ seed: Int) throws {
        var random = Numbers(state: UInt64(seed))
        let count = Int.random(in: 1...12, using: &random)
        let nodes = Array(11..<(11 + count)).shuffled(using: &random)
        let masters = Int.random(in: 1...count, using: &random)
        let copies = Int.random(in: 1...count, using: &random)
        let size = Int.random(in: 1...(1 << 45), using: &random)
        let layout = try data(
            nodes.map { String($0) }.joined(separator: ","), masters: masters, copies: copies, size: "\(size) B")
        for index in 0..<masters {
            let holders = layout.segments.filter { $0.index == index }
            #expect(holders.count == copies && Set(holders.map(\.node)).count == copies)
            #expect(holders[0].node == nodes[index] && holders[0].level == 1)
        }
        #expect(layout.segments.map(\.id) == Array(0..<(masters * copies)))
        #expect(layout.blocksPerSegment * layout.blockSize % layout.stripeSize == 0)
        #expect(layout.segmentBytes * masters >= size)
        #expect(layout.segmentBytes * masters < size + masters * (layout.stripeSize + 1))
        let again = try data(
            nodes.map { String($0) }.joined(separator: ","), masters: masters, copies: copies, size: "\(size) B")
        #expect(again == layout)
    }

    @Test func volumesAreNumberedInFileOrderAndKeepTheirNumbers() throws {
        var random = Numbers(state: 1)
        var settings = FreshCluster()
        settings.archiveVolumeSize = "1 GiB"
        var document = try Document.fresh(settings, using: &random)
        let small = VolumeSettings(type: "data", size: "1 GiB", disk: "disk1", nodes: [11], redundancy: 1)
        try document.addVolume("third", small)
        #expect(document.volumeIDs == ["DataVolume1": 0, "ArchiveVolume1": 1, "third": 2])
        #expect(document.value("ID", in: .volume("third")) == nil)
        try document.removeVolume("ArchiveVolume1")
        #expect(document.volumeIDs == ["DataVolume1": 0, "third": 2])
        #expect(document.value("ID", in: .volume("third")) == "2")
        try document.addVolume("fourth", small)
        #expect(document.volumeIDs["fourth"] == 3)
        #expect(document.volume(id: 3)?.name == "fourth")
        #expect(document.volume(id: 1) == nil)
        #expect(try Document(parsing: document.text).volumeIDs == document.volumeIDs)
    }

    @Test func numbersThatCannotBeUsedAreIgnored() throws {
        let text =
            "[EXAVolume : A]\nID = 1\n[EXAVolume : B]\nID = 1\n[EXAVolume : C]\nID = -4\n[EXAVolume : D]\nID = x\n"
        #expect(try Document(parsing: text).volumeIDs == ["A": 1, "B": 0, "C": 2, "D": 3])
    }

    @Test func theExcerptForStorageHasNoSecret() throws {
        var random = Numbers(state: 1)
        var settings = FreshCluster()
        settings.administratorPasswordHash = "$6$salt$hash"
        let excerpt = try Document.fresh(settings, using: &random).storageExcerpt
        #expect(excerpt.volumes.map(\.name) == ["DataVolume1"])
        #expect(excerpt.storageNodes.compactMap(\.id) == [11])
        #expect(!excerpt.text.contains("Passwd") && !excerpt.text.contains("Token") && !excerpt.text.contains("#"))
        #expect(try Document(parsing: excerpt.text) == excerpt)
    }
}
