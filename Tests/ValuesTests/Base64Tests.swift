import Testing
import Values

struct Base64Tests {
    // Test vectors of RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func knownTextsAreEncodedAndDecoded(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
        #expect(Base64.encodeForURL(plain.utf8) == encoded.replacing("=", with: ""))
    }

    @Test func everyLengthOfEveryByteComesBack() {
        for length in 0...258 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
            #expect(Base64.decodeForURL(Base64.encodeForURL(bytes).utf8) == bytes)
        }
    }

    @Test func theLastLettersDifferInAddresses() {
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.encodeForURL([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg=a", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v=", "Zm9v-_==",
        "Zm9v!", "Zm9v====", "Zm9v ", " Zm9v", "Zm 9v", "Zm9v\n", "Ｚg==",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "+/8", "Zm9", "Zm9v Zg", "Zm9vZm9v_"])
    func otherTextsOfAddressesAreRefused(text: String) {
        #expect(Base64.decodeForURL(text.utf8) == nil)
    }

    @Test func blanksAreSkippedWhereTheyMayStand() {
        #expect(Base64.decode(" Zm9v\r\n\tYg = =\n".utf8, skipsBlanks: true) == Array("foob".utf8))
        #expect(Base64.decode("Zm9v\u{0B}".utf8, skipsBlanks: true) == nil)
    }
}
