import Testing

@testable import XMLRPC

struct Base64Tests {
    // Test vectors of RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func knownTextsAreEncodedAndDecoded(plain: String, encoded: String) throws {
        var text: [UInt8] = []
        Base64.encode(Array(plain.utf8), into: &text)
        #expect(String(decoding: text, as: UTF8.self) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test func everyLengthOfEveryByteComesBack() {
        for length in 0...258 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            var text: [UInt8] = []
            Base64.encode(bytes, into: &text)
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test func blanksAreSkipped() throws {
        #expect(try value("<base64>\n Zm9v\r\n\tYg = =\n</base64>") == .base64(Array("foob".utf8)))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg=a", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v=", "Zm9v-_==",
        "Zm9v!", "Zm9v====",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(failure(of: "<base64>\(text)</base64>")?.code == .valueInvalid)
    }
}
