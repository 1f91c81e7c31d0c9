import Testing
import Values

@testable import Jobs

@Suite struct LicenseEndTests {
    /// A day lasts to its end; what cannot be read as a moment is none.
    @Test(
        arguments: [
            ("2027-12-31", "2028-01-01T00:00:00Z"), ("31.12.2027", "2028-01-01T00:00:00Z"),
            ("2027/12/31", "2028-01-01T00:00:00Z"), ("2027-12-31 18:30:00", "2027-12-31T18:30:00Z"),
            ("2027-12-31T18:30:00Z", "2027-12-31T18:30:00Z"), ("2027-12-31T18:30:00+02:00", "2027-12-31T16:30:00Z"),
            ("Unlimited", nil), ("2027-02-30", nil), ("2027-12-31 soon", nil), ("", nil), ("1 2 3", nil),
        ] as [(String, String?)])
    func endsAreRead(_ text: String, _ moment: String?) {
        #expect(LicenseEnd.moment(text) == moment.flatMap { Timestamp($0) })
    }

    @Test func theEndOfALicenseIsThatOfItsField() {
        #expect(
            LicenseEnd.moment(in: "[License]\nlicense_id = 7\nvalid_until = 2027-12-31\n")
                == Timestamp("2028-01-01T00:00:00Z"))
        #expect(LicenseEnd.moment(in: "license_id = 7") == nil)
        #expect(LicenseEnd.moment(in: "no license at all") == nil)
    }
}
