import ClusterLog
import Testing

@testable import EtcdStore

/// The form of values in etcd.
@Suite struct PackedValueTests {
    private static let text = [UInt8](repeating: 0x61, count: 50_000)

    @Test(arguments: [0, 1, PackedValue.worthwhile - 1, PackedValue.worthwhile, 50_000])
    func aValueComesBackAsItWas(count: Int) throws {
        let value = Array(Self.text.prefix(count))
        #expect(try PackedValue.unpacked(PackedValue.packed(value)) == value)
    }

    @Test func whatRepeatsItselfIsStoredShort() {
        #expect(PackedValue.packed(Self.text).count < 500)
    }

    @Test func whatGainsNothingIsStoredAsItIs() throws {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(PackedValue.packed(random) == [0] + random)
        #expect(PackedValue.packed([0x7B]) == [0, 0x7B])
    }

    @Test func whatIsNoFormIsHandedOutAsItIsStored() throws {
        let packed = PackedValue.packed(Self.text)
        let broken: [[UInt8]] = [
            [], [2, 3, 4], [0x7B, 0x7D], [1], [1, 0xFF, 0xFF], Array(packed.dropLast()), packed + [0],
        ]
        for stored in broken { #expect(try PackedValue.unpacked(stored) == stored) }
    }

    @Test func nothingIsLargerThanAnEntryMayBe() throws {
        let largest = [UInt8](repeating: 0, count: LogEntry.largest)
        #expect(try PackedValue.unpacked(PackedValue.packed(largest)) == largest)
        let bomb = PackedValue.packed(largest + [0])
        #expect(try PackedValue.unpacked(bomb) == bomb)
    }
}
