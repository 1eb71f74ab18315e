/** The driver's app: finds its host, reads the first view, draws. */
import { mount } from 'svelte';
import '../style/tokens.css';
import '../style/base.css';
import { findHost } from '../host';
import { language } from '../text';
import App from './App.svelte';
import { Phone } from './state/phone.svelte';

async function begin(): Promise<void> {
  language.apply();
  const phone = new Phone(await findHost());
  void phone.begin();
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { phone } });
}

void begin();
