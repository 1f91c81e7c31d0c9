import EXAConf
import Testing

struct IPAddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::", "[::1]", "::ffff:127.0.0.1", "169.254.169.254",
        "fe80::1%eth0", "febf::1", "::ffff:0.0.0.0", "::ffff:169.254.0.1", "64:ff9b::7f00:1",
        "64:ff9b::169.254.169.254", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "::127.0.0.1",
    ])
    func addressesOfTheMachineAndItsLinkAreKnown(text: String) throws {
        #expect(try #require(IPAddress(text)).locality != nil)
    }

    @Test(arguments: [
        "10.0.0.1", "192.0.2.7", "169.253.0.1", "128.0.0.1", "2001:db8::1", "fec0::1", "::2", "1::", "fd00::1",
        "::ffff:10.0.0.1", "64:ff9b::192.0.2.7", "64:ff9b:2::7f00:1", "2002:c000:207::1", "2003:7f00:1::",
        "64:ff9c::7f00:1",
    ])
    func othersAreOthers(text: String) throws {
        #expect(try #require(IPAddress(text)).locality == nil)
    }

    @Test(arguments: ["localhost", "", "127.1", "0x7f.0.0.1", "2130706433", "[]", "1.2.3.4.5", ":::"])
    func whatIsNoAddressIsNone(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func aRangeHasWhatSharesItsFirstBits() throws {
        let link = try #require(IPRange("169.254.0.0/15"))
        for (text, isIn) in [("169.254.1.1", true), ("169.255.255.255", true), ("169.252.0.1", false), ("::1", false)] {
            let address = try #require(IPAddress(text))
            #expect(link.contains(address) == isIn, "\(text)")
        }
        let (one, own, none) = (IPRange("::1"), try #require(IPAddress("[::1]")), try #require(IPAddress("::")))
        #expect(one?.contains(own) == true)
        #expect(one?.contains(none) == false)
        let mapped = try #require(IPAddress("::ffff:10.1.2.3"))
        #expect(IPRange("0.0.0.0/0")?.contains(mapped) == true)
        #expect(IPRange("10.0.0.0/33") == nil && IPRange("10.0.0.0/") == nil && IPRange("x/8") == nil)
    }
}
