import Foundation
import Testing
import Values

@testable import XMLRPC

/// The same call in every encoding that is read.
struct DeclaredEncodingTests {
    private static func document(_ declaration: String) -> String {
        declaration
            + "<methodCall><methodName>m</methodName><params><param><value>Größe</value></param></params></methodCall>"
    }

    private func text(_ bytes: some Collection<UInt8>, transport: String? = nil) throws -> String? {
        try MethodCall(parsing: Array(bytes), encoding: transport).parameters.first?.string
    }

    @Test func latin1IsReadWhenTheDocumentOrItsTransportSaysSo() throws {
        let declared = Self.document("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>")
        #expect(try text(try #require(declared.data(using: .isoLatin1))) == "Größe")
        let silent = try #require(Self.document("").data(using: .isoLatin1))
        #expect(try text(silent, transport: "ISO-8859-1") == "Größe")
        #expect(throws: XMLRPCError.self) { try text(silent) }
    }

    @Test func whatTheDocumentSaysCountsBeforeItsTransport() throws {
        let declared = Self.document("<?xml version='1.0' encoding='UTF-8'?>")
        #expect(try text(declared.utf8, transport: "iso-8859-1") == "Größe")
    }

    @Test(arguments: [
        ("<?xml version='1.0' encoding = \"latin1\"?>", true),
        ("\n\t<?xml encoding='ISO-8859-1' standalone='no'?>", true),
        ("<?xml version='1.0' encoding='latin1\"?>", true), ("<?xml version='1.0'?><!-- encoding='latin1' -->", false),
        ("<?xml version='1.0' myencoding='latin1'?>", false), ("<?xml version='1.0' encoding=latin1?>", false),
        ("<?xml version='1.0' encoding=''?>", false), ("<?xmlencoding='latin1'?>", false), ("encoding='latin1'", false),
        ("<?xml version='1.0' encoding='latin1", false), ("<?xml", false), ("", false),
    ])
    func onlyADeclarationAtTheBeginSaysIt(begin: String, isDeclared: Bool) throws {
        let bytes = Array(begin.utf8)
        let name = try bytes.withUnsafeBufferPointer { bytes throws(XMLRPCError) in
            try DeclaredEncoding.parserName(of: bytes, transport: nil)
        }
        #expect(name == (isDeclared ? "ISO-8859-1" : "UTF-8"))
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func utf16WithAByteOrderMarkIsRead(encoding: String.Encoding) throws {
        for declaration in ["", "<?xml version='1.0' encoding='UTF-16'?>"] {
            let content = try #require(Self.document("\u{FEFF}" + declaration).data(using: encoding))
            #expect(try text(content) == "Größe")
        }
    }

    @Test func aByteOrderMarkBeforeADeclarationIsSkipped() throws {
        #expect(try text(Self.document("\u{FEFF}<?xml version='1.0' encoding='utf-8'?>").utf8) == "Größe")
    }

    @Test func limitsCountDecodedText() throws {
        let content = String(repeating: "ö", count: 600)
        let declaration = "<?xml version='1.0' encoding='iso-8859-1'?>"
        let document =
            "\(declaration)<methodCall><methodName>m</methodName><params><param><value>\(content)</value></param></params></methodCall>"
        let bytes = Array(try #require(document.data(using: .isoLatin1)))
        #expect(try MethodCall(parsing: bytes, limits: Limits(textBytes: 1200)).parameters == [.string(content)])
        #expect(throws: XMLRPCError.self) { try MethodCall(parsing: bytes, limits: Limits(textBytes: 1199)) }
    }
}
