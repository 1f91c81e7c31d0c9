import Testing

@testable import PAMAuthenticator

@Suite struct ShadowEntryTests {
    struct Row: Sendable {
        let changed: Int
        let longest: Int
        let inactive: Int
        let expires: Int
        let hasExpired: Bool
    }

    private static let today = 20_000

    @Test(arguments: [
        Row(changed: -1, longest: -1, inactive: -1, expires: -1, hasExpired: false),
        Row(changed: 19_000, longest: 99_999, inactive: -1, expires: -1, hasExpired: false),
        Row(changed: 19_000, longest: 99_999, inactive: -1, expires: 20_001, hasExpired: false),
        Row(changed: 19_000, longest: 99_999, inactive: -1, expires: 20_000, hasExpired: true),
        Row(changed: -1, longest: -1, inactive: -1, expires: 1, hasExpired: true),
        // The password has to be changed, and the next login asks for that.
        Row(changed: 19_000, longest: 30, inactive: -1, expires: -1, hasExpired: false),
        Row(changed: 0, longest: 30, inactive: 10, expires: -1, hasExpired: false),
        Row(changed: 19_965, longest: 30, inactive: 10, expires: -1, hasExpired: false),
        Row(changed: 19_960, longest: 30, inactive: 10, expires: -1, hasExpired: false),
        Row(changed: 19_959, longest: 30, inactive: 10, expires: -1, hasExpired: true),
        // A clock that was set back, and numbers nobody means.
        Row(changed: 20_001, longest: 0, inactive: 0, expires: -1, hasExpired: false),
        Row(changed: 1, longest: .max, inactive: .max, expires: .max, hasExpired: false),
        Row(changed: .min, longest: .min, inactive: .min, expires: .min, hasExpired: false),
    ]) func anAccountEndsAsTheFileSays(_ row: Row) {
        var entry = ShadowEntry()
        (entry.changed, entry.longest) = (row.changed, row.longest)
        (entry.inactive, entry.expires) = (row.inactive, row.expires)
        #expect(entry.hasExpired(on: Self.today) == row.hasExpired, "\(row)")
    }

    @Test func whoIsNotInTheFileHasNoEntry() {
        #expect(ShadowEntry(of: "confd-test-stranger") == nil)
    }
}
