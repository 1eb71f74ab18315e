import Tauri
import UIKit
import WebKit

/// What the Rust half hears: a file in the app's own storage.
private struct Shot: Encodable {
  let path: String
}

/// The bridge's iOS half: the camera, straight into the app's own storage.
class WaybillPlugin: Plugin, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
  private var pending: Invoke?

  @objc public func takeShot(_ invoke: Invoke) {
    DispatchQueue.main.async { [self] in
      guard UIImagePickerController.isSourceTypeAvailable(.camera) else {
        invoke.reject("this phone has no camera")
        return
      }
      guard pending == nil, let screen = manager.viewController else {
        invoke.reject("the camera is open already")
        return
      }
      pending = invoke
      let camera = UIImagePickerController()
      camera.sourceType = .camera
      camera.delegate = self
      screen.present(camera, animated: true)
    }
  }

  func imagePickerController(
    _ picker: UIImagePickerController,
    didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
  ) {
    picker.dismiss(animated: true)
    let invoke = pending
    pending = nil
    guard let picture = info[.originalImage] as? UIImage,
      let jpeg = picture.jpegData(compressionQuality: 0.9)
    else {
      invoke?.reject("no picture was taken")
      return
    }
    do {
      invoke?.resolve(Shot(path: try keep(jpeg).path))
    } catch {
      invoke?.reject("no room for a picture")
    }
  }

  func imagePickerControllerDidCancel(_ picker: UIImagePickerController) {
    picker.dismiss(animated: true)
    pending?.reject("no picture was taken")
    pending = nil
  }

  /// Readable by a sync behind the lock screen, and in no backup: a copy of the store would be a clone.
  private func keep(_ jpeg: Data) throws -> URL {
    let files = FileManager.default
    var folder = try files.url(
      for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
    folder.appendPathComponent("shots", isDirectory: true)
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    var kept = URLResourceValues()
    kept.isExcludedFromBackup = true
    try folder.setResourceValues(kept)
    let shot = folder.appendingPathComponent("\(UUID().uuidString).jpg")
    try jpeg.write(
      to: shot, options: [.atomic, .completeFileProtectionUntilFirstUserAuthentication])
    return shot
  }
}

@_cdecl("init_plugin_waybill")
func initPlugin() -> Plugin {
  return WaybillPlugin()
}
