import EXAConf
import JobEngine

extension BucketSettings {
    /// Keys of a bucket and the parameters they are set by.
    static let parameters = ["AdditionalFiles": "additional_files"]

    init(_ arguments: Arguments) throws(JobError) {
        let files = try arguments.elements("additional_files")
        for (index, file) in (files ?? []).enumerated() where !file.utf8.contains(UInt8(ascii: ":")) {
            throw .invalid("additional_files/\(index)", "additional_files[\(index)]: give label:pattern.")
        }
        self.init(
            isPublic: arguments.bool("public"), readPassword: try arguments.encodedPassword("read_password"),
            writePassword: try arguments.encodedPassword("write_password"), additionalFiles: files)
    }
}
