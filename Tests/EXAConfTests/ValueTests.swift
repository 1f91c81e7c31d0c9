import EXAConf
import Support
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("1 GiB", 1_073_741_824), ("100 GB", 100_000_000_000), ("10g", 10_000_000_000), ("1 kib", 1024),
        ("2048MiB", 2_147_483_648), ("512", 512), ("1.5 TiB", 1_649_267_441_664), ("2.0 GiB", 2_147_483_648),
        ("0", 0), ("7 B", 7), ("2 GIB", 2_147_483_648), ("2 gIb", 2_147_483_648), ("2 Gib", 2_147_483_648),
    ])
    func sizesAreRead(_ text: String, _ bytes: Int) {
        #expect(Size(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "-1", "+1", "1e3", "1 BB", "1 i", "GiB", "1.", ".5", "1 GiB x", "99999999999999999999999", "9 YiB",
        "1 GIBB", "1 I", "{{ size }}",
    ])
    func whatIsNoSizeIsRefused(_ text: String) {
        #expect(Size(text) == nil)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (262_144, "256 KiB"), (123_456_789, "117.7376 MiB"),
        (1_000_000_000, "953.6743 MiB"), (1_099_511_627_775, "1024 GiB"), (4_294_967_296, "4 GiB"),
        (Int.max, "8 EiB"),
    ])
    func sizesAreWritten(_ bytes: Int, _ text: String) {
        #expect(Size(bytes: bytes)?.description == text)
    }

    @Test func mebibytesAreRoundedDown() {
        #expect(Size("1.9 MiB")?.mebibytes == 1)
        #expect(Size(bytes: -1) == nil)
    }

    @Test(arguments: [
        ("1w 3d", 864_000), ("2h30m", 9000), ("1w3d2h1m5s", 871_265), ("", 0), ("3600", 3600), ("9d", 777_600),
        ("1h 30", 3630),
    ])
    func durationsAreRead(_ text: String, _ seconds: Int) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: ["1d 1w", "abc", "1d1d", "5s 3", "-1", "1x", "99999999999999999999", "999999999999999999w"])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [(864_000, "1w 3d"), (90_061, "1d 1h 1m 1s"), (0, "0s")])
    func durationsAreWritten(_ seconds: Int, _ text: String) {
        #expect(TimeSpan(seconds: seconds)?.description == text)
    }

    @Test(arguments: [
        ("7.2.0-dev2", "7.2.0"), ("6.0.12", "6.0.12-d1"), ("6.2.999_p1", "6.2.foobar"), ("7.2.0-dev", "7.2.0-alpha"),
        ("7.2.0_alpha3", "7.2.0.beta"), ("7.2.0-beta", "7.2.0-rc1"), ("7.2.0-rc1", "7.2.0-rc2"), ("7.2.0-rc9", "7.2.0"),
        ("7.2.0", "7.2.0p1"), ("7.2.0p1", "7.2.1"), ("7.9", "7.10"), ("8.29.6", "2025.1.3"),
        ("6.0.12-dev1-d1", "6.0.12-dev1-d2"),
    ])
    func versionsAreOrdered(_ lower: String, _ higher: String) throws {
        let (one, other) = (try #require(Version(lower)), try #require(Version(higher)))
        #expect(one < other)
        #expect(!(other < one))
        #expect(one != other)
    }

    @Test func zerosAtTheEndOfAVersionDoNotCount() {
        #expect(Version("8.0") == Version("8.0.0"))
        #expect(Version("8.0")?.hashValue == Version("8.0.0")?.hashValue)
        #expect(Version("{{ db_version }}") == nil)
        #expect(Version("99999999999999999999.1") == nil)
        #expect(Version("1.99999999999999999999") == nil)
    }

    @Test(arguments: ["500 : 500", "500:500", " 500 :500"])
    func ownersAreReadWithAndWithoutBlanks(_ text: String) {
        #expect(Owner(text) == Owner(user: 500, group: 500))
        #expect(Owner(text)?.description == "500 : 500")
    }

    @Test(arguments: ["", "500", "a:b", "1:2:3", "-1:5"])
    func whatIsNoOwnerIsRefused(_ text: String) {
        #expect(Owner(text) == nil)
    }

    @Test func listsAreReadTrimmedAndWithoutEmptyElements() throws {
        #expect(ListText.split("11,") == ["11"])
        #expect(ListText.split(" a, b ,,c") == ["a", "b", "c"])
        #expect(ListText.split("").isEmpty)
        #expect(try ListText.join([]) == ",")
        #expect(try ListText.join(["a"]) == "a,")
        #expect(try ListText.join(["a", "b"]) == "a, b")
        #expect(throws: EXAConfError.self) { try ListText.join(["a,b"]) }
    }

    @Test func truthValuesAreReadInAnyCase() {
        for text in ["true", "YES", "On", "1"] { #expect(BoolText.parse(text) == true) }
        for text in ["False", "no", "OFF", "0"] { #expect(BoolText.parse(text) == false) }
        #expect(BoolText.parse("maybe") == nil)
    }

    @Test(arguments: [("read", "cmVhZA=="), ("readme!", "cmVhZG1lIQ=="), ("cmVhZAo=", "cmVhZAo=")])
    func passwordsAreEncodedUnlessTheyAre(_ given: String, _ stored: String) {
        #expect(EncodedPassword.stored(given) == stored)
    }

    @Test func passwordsAreShownInPlain() {
        #expect(EncodedPassword.plain("cmVhZAo=") == "read\n")
        #expect(EncodedPassword.plain("read") == nil)
        #expect(EncodedPassword.plain("a") == nil)
    }

    @Test func networksStandForTheirHosts() throws {
        let network = try #require(Network("10.10.10.11/24"))
        #expect(network.contains(try #require(Network("10.10.10.200/24"))))
        #expect(!network.contains(try #require(Network("10.10.11.1/24"))))
        #expect(!network.contains(try #require(Network("fd00::1/64"))))
        #expect(Network("10.0.0.1")?.prefixLength == 32)
        #expect(Network(pattern: "10.10.XX.xxx/20", nodeID: 12)?.description == "10.10.12.12/20")
        #expect(Network("fd00::1/64")?.contains(try #require(Network("fd00:0:0:0:1::2"))) == true)
        #expect(Network("::ffff:10.0.0.1")?.bytes.suffix(4) == [10, 0, 0, 1])
        #expect(Network("10.1.2.3/20")?.contains(try #require(Network("10.1.16.1"))) == false)
    }

    @Test(arguments: [
        "", "10.0.0/24", "10.0.0.256", "10.0.0.1/33", "10.0.0.1/", "1::2::3", "fd00::1/129", "g::", "1:2:3:4:5:6:7:8:9",
        "{{private_network}}", "10.0.0.1/24/8", "+1.0.0.1",
    ])
    func whatIsNoNetworkIsRefused(_ text: String) {
        #expect(Network(text) == nil)
    }

    @Test func portPairsAndMappingsAreRead() {
        #expect(PortPair("8563:8574") == PortPair(container: 8563, host: 8574))
        #expect(PortPair("8563") == nil)
        #expect(PortPair("1:70000") == nil)
        #expect(DeviceMapping("dev.1:/exa/data")?.directory == "/exa/data")
        #expect(DeviceMapping("dev.1:") == nil)
    }

    @Test(arguments: [
        (CronField.minute, "*"), (.minute, "0"), (.minute, "0,15,30"), (.minute, "*/15"), (.hour, "1-6"),
        (.weekday, "1-6"), (.weekday, "7"), (.weekday, "Monday"), (.weekday, "sat"), (.day, "31"),
    ])
    func cronFieldsInRangeAreAllowed(_ field: CronField, _ text: String) {
        #expect(field.allows(text))
    }

    @Test(arguments: [
        (CronField.minute, "60"), (.hour, "24"), (.day, "0"), (.month, "13"), (.weekday, "8"), (.minute, ""),
        (.minute, "a"), (.minute, "1-"), (.minute, "5-1"), (.minute, "*/0"), (.minute, "1,,2"), (.minute, "-1"),
        (.minute, "1/2/3"), (.hour, "Monday"),
    ])
    func cronFieldsOutOfRangeAreRefused(_ field: CronField, _ text: String) {
        #expect(!field.allows(text))
    }

    @Test func identifiersHaveTheirForm() {
        var random = SequenceGenerator(seed: 7)
        #expect(Identifiers.isNodeUUID(Identifiers.nodeUUID(using: &random)))
        #expect(Identifiers.isDatabaseID(Identifiers.databaseID(using: &random)))
        let token = EncodedPassword.plain(Identifiers.token(using: &random)) ?? ""
        #expect(token.split(separator: ":").map(\.count) == [16, 64])
        #expect(EncodedPassword.plain(Identifiers.password(using: &random))?.count == 32)
        #expect(Identifiers.isNodeUUID("IMPORT"))
        #expect(!Identifiers.isNodeUUID("abc"))
        #expect(!Identifiers.isDatabaseID("DB1"))
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func digestsAreThoseOfTheRFC(_ text: String, _ digest: String) {
        #expect(MD5.hex(of: Array(text.utf8)) == digest)
    }
}
