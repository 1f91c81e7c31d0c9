import Testing
import Values

struct HexTests {
    @Test func everyByteComesBack() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hex.bytes(Hex.text(bytes)) == bytes)
        #expect(Hex.bytes(Hex.text(bytes).uppercased()) == bytes)
        #expect(Hex.text([0x00, 0x9A, 0xFF]) == "009aff")
    }

    @Test(arguments: ["0", "0g", "g0", " 00", "0x00", "00 00", "０0"])
    func otherTextsAreRefused(text: String) {
        #expect(Hex.bytes(text) == nil)
    }
}
