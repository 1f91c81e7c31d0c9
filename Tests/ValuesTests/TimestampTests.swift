import Testing
import Values

struct TimestampTests {
    @Test(arguments: [
        ("2026-01-02T03:04:05.678Z", 1_767_323_045_678), ("2026-01-02T03:04:05Z", 1_767_323_045_000),
        ("2026-01-02T03:04:05+02:00", 1_767_315_845_000), ("2026-01-02T03:04:05-23:59", 1_767_409_385_000),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1960-02-29T12:30:15.250Z", -310_476_584_750), ("1969-12-31T23:59:59.999Z", -1),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func aTextIsReadAsItsMoment(_ text: String, _ milliseconds: Int) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        -12_212_553_600_000, -2_208_988_800_001, -1, 0, 1, 951_782_400_000, 1_767_323_045_678, 4_102_444_799_999,
    ])
    func whatIsWrittenCanBeRead(_ milliseconds: Int) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(moment.description) == moment)
    }

    @Test(arguments: [
        "", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05Z and more",
        "99999-01-02T03:04:05Z", "999999999999999999-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05Z+01:00",
    ])
    func otherTextsAreNoMoments(_ text: String) {
        #expect(Timestamp(text) == nil)
    }
}
