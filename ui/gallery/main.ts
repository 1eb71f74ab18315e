/** Every part and every sign in every state, on one page: to look at, and for the tests to check. */
import { mount } from 'svelte';
import '../src/style/tokens.css';
import '../src/style/base.css';
import { language } from '../src/text';
import Gallery from './Gallery.svelte';

language.apply();
const target = document.getElementById('app');
if (target) mount(Gallery, { target });
