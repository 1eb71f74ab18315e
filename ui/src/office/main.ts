/** The office's app: asks who is signed in, then draws. */
import { mount } from 'svelte';
import '../style/tokens.css';
import '../style/base.css';
import './office.css';
import { language } from '../text';
import App from './App.svelte';
import { Office } from './state/office.svelte';

language.apply();
const office = new Office();
void office.begin();
const target = document.getElementById('app');
if (target) mount(App, { target, props: { office } });
