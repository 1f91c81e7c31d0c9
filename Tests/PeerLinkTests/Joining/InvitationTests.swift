import Certificates
import Foundation
import Support
import Testing
import Values

@testable import PeerLink

@Suite struct InvitationTests {
    static func sample(
        _ node: Int = 12, places: [(String, Int)] = [("10.10.10.11", 20381), ("fd00::11", 1)]
    ) throws -> Invitation {
        try #require(
            Invitation(
                node: node, secret: Array(0..<16), authority: Array(100..<132),
                places: places.compactMap { JoinPlace(address: $0.0, port: $0.1) }))
    }

    @Test func whatIsWrittenIsRead() throws {
        for node in [1, 12, 1_000_000] {
            let invitation = try Self.sample(node)
            #expect(invitation.text.hasPrefix("confd1.\(node)."))
            #expect(try Invitation(text: invitation.text) == invitation)
            // As it comes out of a terminal or a mail.
            let broken = invitation.text.uppercased().enumerated().map {
                $0.offset == 60 ? "\($0.element)\n  " : "\($0.element)"
            }
            #expect(try Invitation(text: " \(broken.joined()) \n") == invitation)
        }
    }

    @Test func anInvitationOfIPv4IsShort() throws {
        let text = try Self.sample(places: [("10.10.10.11", 20381)]).text
        #expect(text.utf8.count < 110)
        #expect(text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.".utf8.contains($0) })
    }

    @Test func eachTypingErrorIsFound() throws {
        let letters = Array(try Self.sample().text)
        for place in letters.indices {
            for other in "a27.z" where other != letters[place] {
                var typed = letters
                typed[place] = other
                #expect(throws: InvitationFault.self) { try Invitation(text: String(typed)) }
            }
            var missing = letters
            missing.remove(at: place)
            #expect(throws: InvitationFault.self) { try Invitation(text: String(missing)) }
            guard place > 0, letters[place] != letters[place - 1] else { continue }
            var swapped = letters
            swapped.swapAt(place, place - 1)
            #expect(throws: InvitationFault.self) { try Invitation(text: String(swapped)) }
        }
    }

    @Test func whatIsWrongIsTold() throws {
        let rows: [(String, InvitationFault)] = [
            ("", .noInvitation), ("hello", .noInvitation), ("confd_token_abc", .noInvitation),
            ("confdx.1.a.b.c", .noInvitation), ("confd2.12.aa.bb.cc", .otherForm("confd2")), ("confd1", .mistyped),
            ("confd1.12.aa.bb.cc", .mistyped), ("confd1.....", .mistyped),
            (String(repeating: "confd1.", count: 1000), .noInvitation),
        ]
        for (text, fault) in rows {
            #expect(throws: fault, "\(text.prefix(30))") { try Invitation(text: text) }
        }
    }

    @Test(arguments: 1...20) func nothingThatIsReadTraps(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let good = Array(try Self.sample().text.utf8)
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let read = try? Invitation(text: text) else { continue }
            #expect(read.text == String(decoding: good, as: UTF8.self))
        }
    }

    @Test func whoInvitesNamesItsAuthority() throws {
        let authority = try ClusterAuthority.make(cluster: "0b5c7a10-1111-2222-3333-444455556666", now: .now)
        let place = try #require(JoinPlace(address: "10.0.0.1", port: 20381))
        let one = try #require(Invitation(of: 12, by: authority.certificate, at: [place]))
        let other = try #require(Invitation(of: 12, by: authority.certificate, at: [place]))
        #expect(one.secret != other.secret && one.secret.count == 16)
        #expect(one.fingerprint == Digest.sha256Hex(authority.certificate.der))
        #expect(Invitation(of: 12, by: authority.certificate, at: []) == nil)
        #expect(Invitation(of: 0, by: authority.certificate, at: [place]) == nil)
    }

    @Test func theSecretIsInNoDescription() throws {
        let invitation = try Self.sample()
        for text in ["\(invitation)", String(reflecting: invitation)] {
            #expect(!text.contains(Base32.text(invitation.secret)) && !text.contains("15"))
        }
        var dumped = ""
        dump(invitation, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test func placesAreAddressesAndPorts() {
        for (address, port, text) in [
            ("10.0.0.1", 1, "10.0.0.1:1"), ("fd00::1", 65_535, "[fd00::1]:65535"), ("::ffff:10.0.0.1", 7, "10.0.0.1:7"),
        ] {
            #expect(JoinPlace(address: address, port: port)?.description == text)
        }
        for (address, port) in [("10.0.0", 1), ("n12", 1), ("", 1), ("10.0.0.1", 0), ("10.0.0.1", 65_536)] {
            #expect(JoinPlace(address: address, port: port) == nil)
        }
        #expect(JoinPlace.same("::ffff:10.0.0.1", "10.0.0.1") && !JoinPlace.same("x", "x"))
    }
}

/// Repeats to the last number.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
