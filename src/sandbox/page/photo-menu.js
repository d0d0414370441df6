import { find } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { opensSheet } from './sheets.js'

/**
 * What the key for photos offers: a painted one, or a picture that lies on this machine.
 * @param {(selector: string) => HTMLElement} part finds an element of the phone
 * @param {(photo: true | string) => unknown} send takes a photo as the control API does
 */
export function offersPhotos(part, send) {
  const menu = part('.photos')
  const file = /** @type {HTMLInputElement} */ (part('.picture'))
  roving(menu, 'button')
  opensSheet(part('.photo-key'), menu, () => settleRoving(menu, 'button'))
  /**
   * @param {string} key
   * @param {() => void} act
   */
  const does = (key, act) => {
    find(menu, key).onclick = () => {
      menu.hidePopover()
      act()
    }
  }
  does('.painted', () => send(true))
  does('.own', () => file.click())
  file.onchange = async () => {
    const [chosen] = file.files ?? []
    const address = chosen && (await dataAddressOf(chosen))
    // The same picture can be chosen once more.
    file.value = ''
    if (address) send(address)
  }
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
const dataAddressOf = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
