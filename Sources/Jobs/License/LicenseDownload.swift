package import JobEngine
import Values

extension JobDefinition {
    /// `license_download`: the installed license as it was uploaded.
    package static let licenseDownload = JobDefinition(
        name: "license_download", noun: "license", summary: "Contents of the license file.", mode: .read,
        permission: .administration, result: "The content, as text.",
        work: .look { (context) throws(JobError) in
            try LicenseFile.reading(context) { (text) throws(JobError) in .string(text) }
        }
    ).with {
        $0.answer = .str
        $0.recovery = .restart
    }
}
