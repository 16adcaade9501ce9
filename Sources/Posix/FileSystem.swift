// Names in the file system: make, rename, remove, list, measure.

package import Glibc

/// What a name in the file system stands for.
package struct FileStatus: Sendable, Equatable {
  package let device: UInt64
  package let inode: UInt64
  /// Bytes.
  package let size: Int64
  /// Permission bits and kind, as `st_mode`.
  package let mode: UInt32
  package let owner: UInt32
  /// When the contents changed last, microseconds since 1970.
  package let modifiedMicroseconds: Int64

  package var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  /// The permission bits, e.g. 0o600.
  package var permissions: UInt32 { mode & 0o777 }
}

package enum FileSystem {
  /// Nil when there is no such name.
  package static func status(_ path: String) throws(PosixError) -> FileStatus? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw PosixError("stat", path)
    }
    return FileStatus(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      mode: status.st_mode, owner: status.st_uid,
      modifiedMicroseconds: Int64(status.st_mtim.tv_sec) * 1_000_000
        + Int64(status.st_mtim.tv_nsec) / 1000)
  }

  package static func exists(_ path: String) -> Bool { (try? status(path)) != nil }

  /// Makes a directory and its missing parents.
  package static func makeDirectories(_ path: String, mode: mode_t = 0o755) throws(PosixError) {
    if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let parent = parent(of: path) else { throw PosixError("mkdir", path) }
    try makeDirectories(parent, mode: mode)
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw PosixError("mkdir", path) }
  }

  /// Makes a directory that must not exist yet.
  /// - Returns: false when it exists.
  package static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(PosixError) -> Bool
  {
    if unsafe mkdir(path, mode) == 0 { return true }
    guard errno == EEXIST else { throw PosixError("mkdir", path) }
    return false
  }

  /// A new directory whose name begins with `prefix`, beside nothing else of that name.
  package static func makeTemporaryDirectory(prefix: String) throws(PosixError) -> String {
    var template = Array((prefix + "XXXXXX").utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw PosixError("mkdtemp", prefix) }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package static func rename(_ old: String, to new: String) throws(PosixError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw PosixError("rename", new) }
  }

  /// Gives a file another name on the same file system.
  package static func link(_ path: String, as new: String) throws(PosixError) {
    guard unsafe Glibc.link(path, new) == 0 else { throw PosixError("link", new) }
  }

  /// The path with every symbolic link in it followed (realpath(3)); nil when there is no such
  /// name.
  package static func canonical(_ path: String) throws(PosixError) -> String? {
    guard let resolved = unsafe realpath(path, nil) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw PosixError("realpath", path)
    }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// Removes a file; no error when it is not there.
  package static func remove(_ path: String) throws(PosixError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw PosixError("unlink", path) }
  }

  /// Removes a directory and what is in it; no error when it is not there.
  package static func removeTree(_ path: String) throws(PosixError) {
    for name in try list(path) {
      let child = path + "/" + name
      var status = stat()
      if unsafe lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        try removeTree(child)
      } else {
        try remove(child)
      }
    }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw PosixError("rmdir", path) }
  }

  /// The names in a directory, sorted; empty when there is no such directory.
  package static func list(_ path: String) throws(PosixError) -> [String] {
    guard let directory = unsafe opendir(path) else {
      if errno == ENOENT { return [] }
      throw PosixError("opendir", path)
    }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes names created or renamed in a directory durable.
  package static func flushDirectory(_ path: String) throws(PosixError) {
    let directory = try File(path, O_RDONLY | O_DIRECTORY)
    guard retrying({ fsync(directory.descriptor) }) == 0 else { throw PosixError("fsync", path) }
  }

  /// Reads a whole file of at most `limit` bytes; nil when there is no such file.
  package static func read(_ path: String, limit: Int = 16 << 20) throws(PosixError) -> [UInt8]? {
    guard let status = try status(path) else { return nil }
    guard status.size <= limit else { throw PosixError("read", path, code: EFBIG) }
    do throws(PosixError) {
      return try File(path, O_RDONLY).read(count: Int(min(Int64(limit), max(status.size, 4096))))
    } catch {
      if error.isMissing { return nil }  // removed since it was measured
      throw error
    }
  }

  /// Writes a file so that a crash leaves the old one or the new one, never a part: temporary
  /// name, flush, rename, flush of the directory.
  /// - Parameter isFlushed: false for what may be lost when the machine dies.
  package static func replace(
    _ path: String, with bytes: [UInt8], mode: mode_t = 0o644, isFlushed: Bool = true
  ) throws(PosixError) {
    let temporary = "\(path).\(getpid()).tmp"
    do throws(PosixError) {
      let file = try File(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
      try file.write(bytes)
      if isFlushed { try file.flush() }
    } catch {
      try? remove(temporary)
      throw error
    }
    try rename(temporary, to: path)
    if isFlushed { try flushDirectory(parent(of: path) ?? ".") }
  }

  /// Bytes an unprivileged writer may still use on the file system of `path`.
  package static func freeBytes(_ path: String) throws(PosixError) -> UInt64 {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { throw PosixError("statvfs", path) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  /// The path without its last part; nil for a single relative name.
  package static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
